/** Short messages to the user, said aloud by screen readers; errors stay until dismissed. */

import { signal } from "@preact/signals";

const SECONDS_SHOWN = 6;
/** So many notes at a time; errors are kept, however many there are. */
const MOST_NOTES = 2;

export interface Notice {
  readonly number: number;
  readonly kind: "note" | "error";
  readonly text: string;
}

export const notices = signal<readonly Notice[]>([]);
let count = 0;

export function note(text: string): void {
  const number = add("note", text);
  window.setTimeout(() => dismiss(number), SECONDS_SHOWN * 1000);
}

export function report(problem: unknown): void {
  add("error", problem instanceof Error ? problem.message : String(problem));
}

export function dismiss(number: number): void {
  notices.value = notices.value.filter((notice) => notice.number !== number);
}

function add(kind: Notice["kind"], text: string): number {
  count += 1;
  const others = notices.value.filter((notice) => notice.text !== text);
  const older = others.filter((notice) => notice.kind === "note").slice(0, -MOST_NOTES + 1);
  notices.value = [...others.filter((notice) => !older.includes(notice)), { number: count, kind, text }];
  return count;
}
