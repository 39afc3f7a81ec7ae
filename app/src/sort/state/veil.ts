/** Candidates asked again, unannounced: until the second answer the page shows them as undecided. */

import { signal } from "@preact/signals";

export const veiled = signal<ReadonlySet<number>>(new Set());

const answered = new Set<number>();

export function veil(rows: Iterable<number>): void {
  const changed = new Set(veiled.value);
  for (const row of rows) {
    changed.add(row);
    answered.delete(row);
  }
  if (changed.size > veiled.value.size) veiled.value = changed;
}

/** Show them as they are; they were answered. */
export function lift(rows: Iterable<number>): void {
  const changed = new Set(veiled.value);
  for (const row of rows) if (changed.delete(row)) answered.add(row);
  if (changed.size < veiled.value.size) veiled.value = changed;
}

/** Whether a candidate was asked again and answered: a list of questions may be older than that. */
export function isAnsweredAgain(row: number): boolean {
  return answered.has(row);
}
