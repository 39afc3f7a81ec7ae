/** What the annotator said of each candidate, and what may be seen of the machine's predictions. */

import { computed, signal } from "@preact/signals";
import { getLabels, type Labels } from "../../api/routes";
import { annotator } from "../../frame/annotator";
import { latest } from "../../frame/latest";
import { report } from "../../frame/notices";
import { relabelled } from "../relabelled";
import { unjudged } from "../unjudged";
import { auditing, openRows } from "./audit-sheet";
import { classes, isTwoClass } from "./project";
import { session } from "./session";
import { triedThreshold } from "./threshold";
import { veiled } from "./veil";

export const UNDECIDED = -1;
export const UNSURE = -2;
export const SKIPPED = -3;

const NO_LABELS: Labels = {
  version: -1,
  decided: new Int8Array(),
  predicted: new Int8Array(),
  probability: new Float32Array(),
};

/** As they are, also of what is asked again. */
const known = signal<Labels>(NO_LABELS);

/** Whether the annotator asked to see predictions of undecided candidates. */
export const revealing = signal(false);

/** Whether predictions of undecided candidates are shown; what is judged then is not blind. */
export const predictionsShown = computed(
  () => !auditing.value && (revealing.value || session.value?.settings.blind === false),
);

/** Rows that are to look as though they had never been judged. */
const unseen = computed<ReadonlySet<number>>(() =>
  openRows.value.length ? new Set([...veiled.value, ...openRows.value]) : veiled.value,
);

/** As they are to be seen: what is asked again looks undecided. */
export const labels = computed<Labels>(() =>
  unjudged(tried.value, unseen.value, predictionsShown.value),
);

/** With the predictions that a threshold would give which is tried out. */
const tried = computed<Labels>(() =>
  triedThreshold.value === null || !isTwoClass.value
    ? known.value
    : relabelled(known.value, triedThreshold.value),
);

/** What is asked again stays counted: a count that stood still would give it away. */
export const counts = computed(() => {
  const { decided } = known.value;
  const each = classes.value.map(() => 0);
  let unsure = 0;
  let skipped = 0;
  for (const value of decided) {
    if (value >= 0) each[value] = (each[value] ?? 0) + 1;
    else if (value === UNSURE) unsure += 1;
    else if (value === SKIPPED) skipped += 1;
  }
  const said = each.reduce((sum, count) => sum + count, 0);
  return { each, unsure, skipped, undecided: decided.length - said - unsure - skipped };
});

export function decisionOf(row: number): number {
  return labels.value.decided[row] ?? UNDECIDED;
}

/** Whether it has an answer; what was skipped is to be asked again. */
export function isJudged(row: number): boolean {
  return decisionOf(row) >= 0 || decisionOf(row) === UNSURE;
}

/** The word for a decision's number. */
export function wordOf(decision: number): string {
  if (decision === UNSURE) return "unsure";
  if (decision === SKIPPED) return "skipped";
  return decision === UNDECIDED ? "undecided" : (classes.value[decision] ?? "undecided");
}

/** The number of a verdict's word. */
export function numberOf(verdict: string): number {
  if (verdict === "unsure") return UNSURE;
  return verdict === "skip" ? SKIPPED : classes.value.indexOf(verdict);
}

/** Show a decision before the server has acknowledged it. */
export function setDecided(rows: readonly number[], decision: number): void {
  const decided = known.value.decided.slice();
  for (const row of rows) decided[row] = decision;
  known.value = { ...known.value, decided };
}

/** Give what fetches what stands now; `pending` puts what is not acknowledged yet on top. */
export function fetchingLabels(pending: (labels: Labels) => Labels): () => Promise<void> {
  return latest(async () => {
    try {
      known.value = pending(await getLabels(annotator.value, predictionsShown.value, auditing.value));
    } catch (problem) {
      report(problem);
    }
  });
}
