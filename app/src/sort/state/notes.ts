/** The annotator's notes on candidates. */

import { signal } from "@preact/signals";
import { getNotes } from "../../api/routes";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";

export const notes = signal<ReadonlyMap<number, string>>(new Map());

export async function fetchNotes(): Promise<void> {
  try {
    const found = await getNotes(annotator.value);
    notes.value = new Map(found.map(({ row, text }) => [row, text]));
  } catch (problem) {
    report(problem);
  }
}
