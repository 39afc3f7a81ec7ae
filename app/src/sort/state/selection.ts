/** Candidates picked on the map or in the table, to be judged together. */

import { computed, signal } from "@preact/signals";

export const selection = signal<ReadonlySet<number>>(new Set());

/** More than these are marked by the map's own lines, for marks of their own would take too long. */
const MOST_MARKED = 200;

/** What is to be marked one by one. */
export const marked = computed<readonly number[]>(() =>
  selection.value.size > MOST_MARKED ? [] : [...selection.value],
);

/** What is to be told by the look of the map's lines. */
export const crowd = computed<ReadonlySet<number>>(() =>
  selection.value.size > MOST_MARKED ? selection.value : new Set(),
);

export function toggleSelected(row: number): void {
  const changed = new Set(selection.value);
  if (!changed.delete(row)) changed.add(row);
  selection.value = changed;
}

export function addToSelection(rows: Iterable<number>): void {
  selection.value = new Set([...selection.value, ...rows]);
}

export function clearSelection(): void {
  if (selection.value.size) selection.value = new Set();
}
