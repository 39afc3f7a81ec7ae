/** From one candidate to the next. */

import { computed, effect } from "@preact/signals";
import { note } from "../../frame/notices";
import { stored } from "../../frame/stored";
import { showNext } from "./audit";
import { auditing } from "./audit-sheet";
import { prefetch } from "./candidates";
import { currentRow, show } from "./current";
import { stepFrom, undecidedOnly } from "./order";
import { reviewing, stepDisagreement } from "./review";
import { takeQuestion, queue, refill } from "./questions";
import { changeSettings, session } from "./session";

/** The strategy that asks nothing: then the next in the listed order comes after a decision. */
export const NONE = "none";

const lastStrategy = stored("strategy", "dcal");

export const inOrder = computed(() => session.value?.settings.strategy === NONE);

/** Let suggestions follow decisions, or the listed order. */
export function setInOrder(order: boolean): void {
  const strategy = session.value?.settings.strategy;
  if (!strategy || (strategy === NONE) === order) return;
  if (order) lastStrategy.value = strategy;
  void changeSettings({ strategy: order ? NONE : lastStrategy.value });
}

export function nextSuggestion(): void {
  if (auditing.value) {
    showNext();
    return;
  }
  if (reviewing.value) {
    stepDisagreement(1);
    return;
  }
  if (inOrder.value) {
    step(1);
    return;
  }
  const question = takeQuestion();
  if (question) show(question.row);
  else void refill().then(() => (queue.value.length ? nextSuggestion() : note("Nothing is left to ask.")));
}

export function step(steps: 1 | -1): void {
  const row = stepFrom(currentRow.value, steps);
  if (row !== null) {
    show(row);
    fetchAhead(row, steps);
  } else note(`There is no ${undecidedOnly.value ? "undecided " : ""}candidate ${steps > 0 ? "after" : "before"} this one in the list.`);
}

/** Move on after a decision. */
export function moveOn(): void {
  if (inOrder.value && !reviewing.value) step(1);
  else nextSuggestion();
}

/** Whoever steps once steps on. */
function fetchAhead(row: number, steps: 1 | -1): void {
  const next = stepFrom(row, steps);
  const afterIt = next === null ? null : stepFrom(next, steps);
  void prefetch([next, afterIt].filter((one) => one !== null));
}

const REST_MS = 500;
let resting = 0;

/** Have the neighbours in the listed order at hand, once there is time for it. */
effect(() => {
  const row = currentRow.value;
  window.clearTimeout(resting);
  if (row < 0) return;
  resting = window.setTimeout(() => {
    const near = [stepFrom(row, 1), stepFrom(row, -1)].filter((one) => one !== null);
    void prefetch(near);
  }, REST_MS);
});
