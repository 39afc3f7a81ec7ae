/** The questions that come next, and why each was chosen. */

import { signal } from "@preact/signals";
import { getQuestions } from "../../api/routes";
import type { Question } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { latest } from "../../frame/latest";
import { report } from "../../frame/notices";
import { prefetch } from "./candidates";
import { currentRow } from "./current";
import { decisionOf, SKIPPED, UNDECIDED } from "./labels";
import { isAnsweredAgain, veil } from "./veil";

const FETCHED_AT_ONCE = 12;
/** Of so many the evidence is at hand; those behind them are often others after the next answer. */
const AT_HAND = 3;
const REFILLED_BELOW = 6;
const LEASE_MS = 50_000;

/** Chosen by the strategy, soonest first; without the current candidate. */
export const queue = signal<readonly Question[]>([]);

/** Whether the server had nothing left to ask. */
export const exhausted = signal(false);

const asked = new Map<number, Question>();
let standing: Question | null = null;

/** Why a candidate was asked about, if it was. */
export function questionOf(row: number): Question | null {
  return asked.get(row) ?? null;
}

/** Take the next question off the queue; one that was left without an answer comes first. */
export function takeQuestion(): Question | null {
  if (standing && standing.row !== currentRow.value && isOpen(standing)) return standing;
  const open = queue.value.filter(isNext);
  const [first, ...others] = open;
  queue.value = others;
  void prefetch(rowsOf(others));
  if (others.length < REFILLED_BELOW) void refill();
  if (first) ask(first);
  standing = first ?? null;
  return first ?? null;
}

/** Note that a question lies before the annotator. */
export function ask(question: Question): void {
  asked.set(question.row, question);
  if (question.repeat) veil([question.row]);
}

/** Ask again in time, so that nobody else is asked the same. */
export function keepLeases(): void {
  window.setInterval(() => !document.hidden && void refill(), LEASE_MS);
}

/** Fetch questions anew; what is in the queue stays until their evidence is here. */
export const refill = latest(fetchQuestions);

async function fetchQuestions(): Promise<void> {
  try {
    const found = await getQuestions(annotator.value, FETCHED_AT_ONCE, currentRow.value);
    const [next, ...others] = rowsOf(found);
    const fetched = prefetch(others);
    let isHere = next === undefined || (await prefetch([next]));
    if (currentRow.value >= 0) isHere = (await fetched) && isHere;
    // While the server is away, the evidence of those asked before is here.
    if (!isHere && queue.value.some(isNext)) return;
    const skippedOnly = found.every(({ row, repeat }) => !repeat && decisionOf(row) !== UNDECIDED);
    queue.value = found.filter(skippedOnly ? ({ row }) => row !== currentRow.value : isNext);
    exhausted.value = !found.length;
    // Some may have been answered meanwhile.
    void prefetch(rowsOf(queue.value));
  } catch (problem) {
    report(problem);
  }
}

/** Of the first few. */
function rowsOf(questions: readonly Question[]): readonly number[] {
  return questions.slice(0, AT_HAND).map(({ row }) => row);
}

function isNext(question: Question): boolean {
  return question.row !== currentRow.value && isOpen(question);
}

/** Skipped candidates come again when nothing else is left. */
function isOpen({ row, repeat }: Question): boolean {
  if (repeat) return !isAnsweredAgain(row);
  const decision = decisionOf(row);
  return decision === UNDECIDED || decision === SKIPPED;
}
