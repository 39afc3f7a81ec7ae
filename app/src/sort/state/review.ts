/** Candidates that are judged in different ways, gone through one by one. */

import { computed, signal } from "@preact/signals";
import { getReview, type Among, type Disagreement, type Review } from "../../api/checks";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { plural } from "../../frame/words";
import { auditing } from "./audit-sheet";
import { prefetch } from "./candidates";
import { currentRow, show } from "./current";
import { chosenTab } from "./tabs";

/** null until it was fetched. */
export const review = signal<Review | null>(null);
export const among = signal<Among>("annotators");
/** Whether candidates that the annotator has not judged are listed, which ends their blindness. */
export const withUndecided = signal(false);

export const reviewing = computed(() => chosenTab.value === "review" && !auditing.value);

/** What is said of the candidate in front, while disagreements are gone through. */
export const currentDisagreement = computed<Disagreement | null>(() =>
  reviewing.value ? (review.value?.rows.find(({ row }) => row === currentRow.value) ?? null) : null,
);

export async function fetchReview(): Promise<void> {
  try {
    review.value = await getReview(annotator.value, among.value, withUndecided.value);
    void prefetch(review.value.rows.slice(0, 3).map(({ row }) => row));
  } catch (problem) {
    report(problem);
  }
}

export async function refreshReview(): Promise<void> {
  await fetchReview();
  note(`${plural(review.value?.found ?? 0, "disagreement")} found.`);
}

export function chooseAmong(chosen: Among): void {
  among.value = chosen;
  withUndecided.value = false;
  void fetchReview();
}

export function listUndecided(listed: boolean): void {
  withUndecided.value = listed;
  void fetchReview();
}

export function stepDisagreement(steps: 1 | -1): void {
  const rows = review.value?.rows ?? [];
  if (!rows.length) {
    note("There is no disagreement to look at.");
    return;
  }
  const place = rows.findIndex(({ row }) => row === currentRow.value);
  const next = place < 0 ? (steps > 0 ? 0 : rows.length - 1) : place + steps;
  const found = rows[next];
  if (!found) {
    note(steps > 0 ? "This was the last disagreement." : "This is the first disagreement.");
    return;
  }
  show(found.row);
  void prefetch([rows[next + steps]?.row].filter((row) => row !== undefined));
}
