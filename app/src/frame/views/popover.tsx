/** A button that opens a small panel below it. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { Icon, type IconName } from "./icon";

interface PopoverProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
}

export function Popover({ icon, title, children }: PopoverProps) {
  const open = useSignal(false);
  const place = useRef<HTMLDivElement>(null);
  const id = useId();
  useEffect(() => {
    const outside = (event: Event) => {
      if (!place.current?.contains(event.target as Node)) open.value = false;
    };
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || !open.value) return;
      event.preventDefault();
      open.value = false;
      if (place.current?.contains(document.activeElement)) {
        place.current.querySelector("button")?.focus();
      }
    };
    document.addEventListener("pointerdown", outside);
    document.addEventListener("keydown", leave, { capture: true });
    return () => {
      document.removeEventListener("pointerdown", outside);
      document.removeEventListener("keydown", leave, { capture: true });
    };
  }, []);
  return (
    <div class="popover" ref={place}>
      <button
        type="button"
        class="tool"
        title={title}
        aria-label={title}
        aria-expanded={open.value}
        aria-controls={id}
        onClick={() => (open.value = !open.value)}
      >
        <Icon name={icon} />
      </button>
      {open.value && (
        <div id={id} class="popover-panel" role="group" aria-label={title}>
          {children}
        </div>
      )}
    </div>
  );
}
