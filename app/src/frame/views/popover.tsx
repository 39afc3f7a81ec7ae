/** A button that opens a small panel below it. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { findAction, shownKeys, tooltip } from "../actions";
import { openPopover, popoverId } from "../popovers";
import { Icon, type IconName } from "./icon";

interface PopoverProps {
  readonly name: string;
  /** The action that opens it by key. */
  readonly action: string;
  readonly icon: IconName;
  readonly children: ComponentChildren;
}

export function Popover({ name, action, icon, children }: PopoverProps) {
  const place = useRef<HTMLDivElement>(null);
  const open = openPopover.value === name;
  const { title } = findAction(action);
  useEffect(() => (open ? closeWhenLeft(place.current as HTMLDivElement) : undefined), [open]);
  return (
    <div class="popover" ref={place}>
      <button
        type="button"
        class="tool"
        title={tooltip(findAction(action))}
        aria-label={title}
        aria-expanded={open}
        aria-controls={popoverId(name)}
        aria-keyshortcuts={shownKeys(findAction(action))[0]}
        onClick={() => (openPopover.value = open ? null : name)}
      >
        <Icon name={icon} />
      </button>
      {open && (
        <div id={popoverId(name)} class="popover-panel" role="group" aria-label={title}>
          {children}
        </div>
      )}
    </div>
  );
}

/** Close the panel by Escape, which gives the keyboard back to its button, or by a press elsewhere. */
function closeWhenLeft(place: HTMLElement): () => void {
  const outside = (event: Event) => {
    if (!place.contains(event.target as Node)) openPopover.value = null;
  };
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    openPopover.value = null;
    if (place.contains(document.activeElement)) place.querySelector("button")?.focus();
  };
  document.addEventListener("pointerdown", outside);
  document.addEventListener("keydown", leave, { capture: true });
  return () => {
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("keydown", leave, { capture: true });
  };
}
