/** Panels of which one is seen; arrow keys move between their tabs. */

import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import { keyOf } from "../actions";

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** What is in it. */
  readonly hint: string;
  /** The action that opens it. */
  readonly action: string;
  readonly panel: () => ComponentChildren;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  readonly chosen: Signal<string>;
}

export function Tabs({ label, tabs, chosen }: TabsProps) {
  const shown = tabs.find(({ id }) => id === chosen.value) ?? (tabs[0] as Tab);
  const move = (event: KeyboardEvent) => {
    const steps = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!steps) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(shown) + steps + tabs.length) % tabs.length] as Tab;
    chosen.value = next.id;
    document.getElementById(`tab-${next.id}`)?.focus();
  };
  return (
    <div class="tabs">
      <div role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab) => (
          <button
            key={tab.id}
            id={`tab-${tab.id}`}
            type="button"
            role="tab"
            title={`${tab.hint} (${keyOf(tab.action)})`}
            aria-selected={tab === shown}
            aria-controls={`panel-${tab.id}`}
            tabIndex={tab === shown ? 0 : -1}
            onClick={() => (chosen.value = tab.id)}
          >
            {tab.title}
          </button>
        ))}
      </div>
      <div
        role="tabpanel"
        id={`panel-${shown.id}`}
        aria-labelledby={`tab-${shown.id}`}
        class={`panel panel-${shown.id}`}
      >
        {shown.panel()}
      </div>
    </div>
  );
}
