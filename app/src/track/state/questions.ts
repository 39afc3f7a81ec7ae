/** The questions that come next, and why each was chosen. */

import { signal } from "@preact/signals";
import { annotator } from "../../frame/annotator";
import { latest } from "../../frame/latest";
import { note, report } from "../../frame/notices";
import { getQuestions, type PointQuestion } from "../api";
import { ask } from "./current";

const FETCHED_AT_ONCE = 12;
const LEASE_MS = 50_000;

/** Soonest first; without those that lay before the annotator already. */
export const queue = signal<readonly PointQuestion[]>([]);
/** Whether the server had nothing left to ask. */
export const exhausted = signal(false);

/** Questions that lay before the annotator, and which of them does. */
const past: PointQuestion[] = [];
let place = -1;
const answered = new Set<string>();

export const refill = latest(fetchQuestions);

async function fetchQuestions(): Promise<void> {
  try {
    const found = await getQuestions(annotator.value, FETCHED_AT_ONCE);
    const current = past[place]?.item;
    queue.value = found.filter(({ item }) => item !== current && !answered.has(item));
    exhausted.value = !found.length;
  } catch (problem) {
    report(problem);
  }
}

/** Ask again in time, so that nobody else is asked the same. */
export function keepLeases(): void {
  window.setInterval(() => !document.hidden && void refill(), LEASE_MS);
}

/** It need not be asked again, though the server may not know that yet. */
export function isAnswered(item: string): void {
  answered.add(item);
  queue.value = queue.value.filter((one) => one.item !== item);
}

/** What was taken back may be asked again. */
export function forgetAnswers(): void {
  answered.clear();
}

export function nextQuestion(): void {
  const later = past[place + 1];
  if (later) {
    place += 1;
    ask(later);
    return;
  }
  const [first, ...others] = queue.value;
  if (!first) {
    note(exhausted.value ? "Nothing is left to ask." : "The next questions are on their way.");
    return;
  }
  queue.value = others;
  open(first);
}

/** Put one of the queue before the annotator. */
export function open(question: PointQuestion): void {
  queue.value = queue.value.filter(({ item }) => item !== question.item);
  past.splice(place + 1, past.length, question);
  place = past.length - 1;
  ask(question);
}

export function previousQuestion(): void {
  const before = past[place - 1];
  if (!before) {
    note("There is no question before this one.");
    return;
  }
  place -= 1;
  ask(before);
}
