/** The questions that come next, and why each was chosen. */

import { signal } from "@preact/signals";
import { getQuestions } from "../../api/routes";
import type { Question } from "../../api/types";
import { report } from "../../frame/notices";
import { annotator } from "./annotator";
import { prefetch } from "./candidates";
import { currentRow } from "./current";
import { decisionOf, SKIPPED, UNDECIDED } from "./labels";

const FETCHED_AT_ONCE = 12;
const REFILLED_BELOW = 6;
const LEASE_MS = 50_000;

/** Chosen by the strategy, soonest first; without the current candidate. */
export const queue = signal<readonly Question[]>([]);

/** Whether the server had nothing left to ask. */
export const exhausted = signal(false);

const asked = new Map<number, Question>();
let standing: Question | null = null;
let fetching: Promise<void> | null = null;

/** Why a candidate was asked about, if it was. */
export function questionOf(row: number): Question | null {
  return asked.get(row) ?? null;
}

/** Take the next question off the queue; one that was left without an answer comes first. */
export function takeQuestion(): Question | null {
  if (standing && standing.row !== currentRow.value && isOpen(standing.row)) return standing;
  const open = queue.value.filter(({ row }) => row !== currentRow.value && isOpen(row));
  const [first, ...others] = open;
  queue.value = others;
  if (others.length < REFILLED_BELOW) void refill();
  if (first) asked.set(first.row, first);
  standing = first ?? null;
  return first ?? null;
}

/** Ask again in time, so that nobody else is asked the same. */
export function keepLeases(): void {
  window.setInterval(() => !document.hidden && void refill(), LEASE_MS);
}

/** Fetch questions anew; what is in the queue stays until their evidence is here. */
export function refill(): Promise<void> {
  fetching ??= fetchQuestions().finally(() => (fetching = null));
  return fetching;
}

async function fetchQuestions(): Promise<void> {
  try {
    const found = await getQuestions(annotator.value, FETCHED_AT_ONCE, currentRow.value);
    await prefetch(found.map(({ row }) => row));
    const open = found.filter(({ row }) => row !== currentRow.value && isOpen(row));
    const skippedOnly = found.every(({ row }) => decisionOf(row) !== UNDECIDED);
    queue.value = skippedOnly ? found.filter(({ row }) => row !== currentRow.value) : open;
    exhausted.value = !found.length;
  } catch (problem) {
    report(problem);
  }
}

/** Skipped candidates come again when nothing else is left. */
function isOpen(row: number): boolean {
  const decision = decisionOf(row);
  return decision === UNDECIDED || decision === SKIPPED;
}
