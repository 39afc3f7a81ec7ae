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

export function runAction(id: string): void {
  const action = findAction(id);
  if (isEnabled(action)) action.run();
}

export function keysOf(action: Action): readonly string[] {
  return changedKeys.value[action.id] ?? action.keys;
}

/** Give an action a key; another action that had it loses it. */
export function giveKey(action: Action, key: string): void {
  const changed = { ...changedKeys.value };
  for (const other of table.value) {
    if (other !== action && keysOf(other).includes(key)) {
      changed[other.id] = keysOf(other).filter((one) => one !== key);
    }
  }
  changed[action.id] = [key];
  changedKeys.value = changed;
}

export function resetKeys(): void {
  changedKeys.value = {};
}

const mac = /Mac|iPhone|iPad/.test(navigator.platform);

export function shownKeys(action: Action): readonly string[] {
  return keysOf(action).map((key) => showChord(key, mac));
}

/** What a control that does this says when pointed at. */
export function tooltip(action: Action): string {
  const keys = shownKeys(action);
  return keys.length ? `${action.title} (${keys.join(" or ")})` : action.title;
}
