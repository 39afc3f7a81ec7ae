/** The one table of what a user can do: it binds keys, and fills help, tooltips and settings. */

import { computed, signal } from "@preact/signals";
import { showChord } from "./chord";
import { stored } from "./stored";

export interface Action {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Default keys, as `chordOf` names them. */
  readonly keys: readonly string[];
  readonly run: () => void;
  /** Whether it can be done now; always, if not given. */
  readonly enabled?: () => boolean;
  /** Whether it goes on while its key is held. */
  readonly repeats?: boolean;
}

/** Keys that the user changed, by action. */
export const changedKeys = stored<Readonly<Record<string, readonly string[]>>>("keys", {});

const table = signal<readonly Action[]>([]);

export const actions = computed(() => table.value);

export const actionOfKey = computed(() => {
  const found = new Map<string, Action>();
  for (const action of table.value) for (const key of keysOf(action)) found.set(key, action);
  return found;
});

const actionOfId = computed(() => new Map(table.value.map((action) => [action.id, action])));

export function setActions(all: readonly Action[]): void {
  table.value = all;
}

export function findAction(id: string): Action {
  const action = actionOfId.value.get(id);
  if (!action) throw new Error(`There is no action ${id}.`);
  return action;
}

export function hasAction(id: string): boolean {
  return actionOfId.value.has(id);
}

export function isEnabled(action: Action): boolean {
  return action.enabled?.() ?? true;
}

export function keysOf(action: Action): readonly string[] {
  return changedKeys.value[action.id] ?? action.keys;
}

/** Keys that a browser never lets a page have, and those by which dialogs are used. */
const RESERVED = new Set(["Mod+N", "Mod+T", "Mod+W", "Mod+Shift+N", "Mod+Shift+T", "Mod+Shift+W", "Tab", "Shift+Tab"]);

/** Give an action a key; an action that had it loses it. Returns what there is to say of that. */
export function giveKey(action: Action, key: string): string {
  const shown = showChord(key, mac);
  if (RESERVED.has(key)) return `The browser keeps ${shown} for itself; choose another key.`;
  const changed = { ...changedKeys.value, [action.id]: [key] };
  const said: string[] = [];
  for (const other of table.value) {
    if (other === action || !keysOf(other).includes(key)) continue;
    changed[other.id] = keysOf(other).filter((one) => one !== key);
    said.push(changed[other.id]?.length ? `"${other.title}" keeps its other key` : `"${other.title}" has no key now`);
  }
  changedKeys.value = changed;
  return [`${shown} is now: ${action.title}`, ...said].join("; ") + ".";
}

export function resetKeys(): void {
  changedKeys.value = {};
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function shownKeys(action: Action): readonly string[] {
  return keysOf(action).map((key) => showChord(key, mac));
}

/** The first key of an action, as a tooltip names it. */
export function keyOf(id: string): string {
  return shownKeys(findAction(id))[0] ?? "no key";
}

/** What a control that does this says when pointed at. */
export function tooltip(action: Action): string {
  const keys = shownKeys(action);
  return keys.length ? `${action.title} (${keys.join(" or ")})` : action.title;
}
