/** Key presses become actions, unless the focused control needs them itself. */

import { actionOfKey, isEnabled } from "./actions";
import { chordOf } from "./chord";

const TYPED_INTO = new Set(["text", "search", "number", "email", "url", "password"]);
const PRESSED_BY = new Set(["Space", "Enter"]);
const SLID_BY = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

export function bindKeyboard(target: Window): void {
  target.addEventListener("keydown", (event) => {
    const chord = chordOf(event);
    if (chord === null || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (chord === "Escape" && leave(event.target)) return;
    if (needsKey(document.activeElement, chord)) return;
    const action = actionOfKey.value.get(chord);
    if (!action || (event.repeat && !action.repeats)) return;
    event.preventDefault();
    if (isEnabled(action)) action.run();
  });
}

/** Whether a control was left that takes keys for itself: the keyboard is the actions' again. */
function leave(control: EventTarget | null): boolean {
  const takesKeys = "input, select, textarea, [role=grid], [role=tab]";
  if (!(control instanceof HTMLElement) || !control.matches(takesKeys)) return false;
  control.blur();
  return true;
}

/** Whether a control takes this key for itself. */
function needsKey(focused: Element | null, chord: string): boolean {
  if (focused instanceof HTMLTextAreaElement) return true;
  if (focused instanceof HTMLSelectElement) return !chord.includes("Mod");
  if (focused instanceof HTMLInputElement) {
    if (TYPED_INTO.has(focused.type)) return true;
    if (focused.type === "range") return SLID_BY.has(chord);
    return chord === "Space";
  }
  if (focused?.matches("[role=tab], [role=grid]")) return SLID_BY.has(chord);
  return focused instanceof HTMLButtonElement && PRESSED_BY.has(chord);
}

/** A control that was used with the pointer gives the keyboard back to the actions. */
export function returnKeyboard(target: Document): void {
  let byPointer = false;
  target.addEventListener("pointerdown", () => (byPointer = true), { capture: true });
  target.addEventListener("keydown", () => (byPointer = false), { capture: true });
  target.addEventListener("pointerup", () => {
    const focused = target.activeElement;
    if (focused instanceof HTMLButtonElement || isSlider(focused) || isGrid(focused)) focused.blur();
  });
  target.addEventListener("change", (event) => {
    const changed = event.target;
    if (!byPointer) return;
    if (changed instanceof HTMLSelectElement || isCheckbox(changed)) changed.blur();
  });
}

function isGrid(element: unknown): element is HTMLElement {
  return element instanceof HTMLElement && element.matches("[role=grid]");
}

function isSlider(element: unknown): element is HTMLInputElement {
  return element instanceof HTMLInputElement && element.type === "range";
}

function isCheckbox(element: unknown): element is HTMLInputElement {
  return element instanceof HTMLInputElement && element.type === "checkbox";
}
