/** Which small panel is open; one at a time. */

import { signal } from "@preact/signals";

export const openPopover = signal<string | null>(null);

export const popoverId = (name: string) => `popover-${name}`;

/** Open a panel, or close it; by key its first control gets the keyboard. */
export function togglePopoverByKey(name: string): void {
  openPopover.value = openPopover.value === name ? null : name;
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>(`#${popoverId(name)} :is(input, select, button)`)?.focus();
  });
}
