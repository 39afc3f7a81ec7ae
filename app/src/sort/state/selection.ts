/** Candidates picked on the map or in the table, to be judged together. */

import { signal } from "@preact/signals";

export const selection = signal<ReadonlySet<number>>(new Set());

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
