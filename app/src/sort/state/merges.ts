/** Pairs of candidates that may be one cell. */

import { computed, effect, signal } from "@preact/signals";
import { getMerges } from "../../api/routes";
import type { MergePair } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { judgeMerge, mergeUndone } from "./acts";
import { currentRow, show, stopwatch } from "./current";
import { chosenTab } from "./tabs";

/** null until they were fetched. */
export const pairs = signal<readonly MergePair[] | null>(null);

/** The pair in front of the annotator. */
export const currentPair = signal<MergePair | null>(null);

/** The other one of the pair of which one is looked at, or -1. */
export const partner = computed(() => {
  const pair = currentPair.value;
  if (!pair || chosenTab.value !== "merges") return -1;
  if (pair.first === currentRow.value) return pair.second;
  return pair.second === currentRow.value ? pair.first : -1;
});

export async function fetchPairs(): Promise<void> {
  try {
    pairs.value = await getMerges(annotator.value);
  } catch (problem) {
    pairs.value = [];
    report(problem);
  }
}

/** A pair that is open again comes back before the annotator. */
effect(() => {
  const rows = mergeUndone.value;
  if (!rows.length) return;
  void fetchPairs().then(() => {
    const back = pairs.value?.find(({ first, second }) => rows.includes(first) && rows.includes(second));
    currentPair.value = back ?? null;
  });
});

export function showPair(pair: MergePair): void {
  currentPair.value = pair;
  show(pair.first);
}

/** Look at the one of the current pair that is not looked at; at its first, if neither is. */
export function showOther(): void {
  const pair = currentPair.value;
  if (pair) show(partner.value < 0 ? pair.first : partner.value);
}

/** Go through the pairs without answering, round and round. */
export function stepPair(steps: 1 | -1): void {
  const all = pairs.value ?? [];
  const place = currentPair.value ? all.indexOf(currentPair.value) : steps > 0 ? -1 : 0;
  const next = all[(place + steps + all.length) % all.length];
  if (next) showPair(next);
}

/** Answer the current pair and go on to the next. */
export function answerPair(value: "same cell" | "different cells" | "unsure" | "skip"): void {
  const pair = currentPair.value;
  if (!pair) return;
  judgeMerge(pair.item, value, stopwatch.seconds);
  const place = pairs.value?.indexOf(pair) ?? -1;
  const others = (pairs.value ?? []).filter((one) => one !== pair);
  pairs.value = others;
  const next = others[Math.min(place, others.length - 1)];
  currentPair.value = null;
  if (next) showPair(next);
  else note("No pair is left to judge.");
}
