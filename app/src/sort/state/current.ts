/** The candidate in front of the annotator. */

import { computed, signal } from "@preact/signals";
import type { Candidate } from "../../api/routes";
import { report } from "../../frame/notices";
import { Stopwatch } from "../../frame/stopwatch";
import { cachedCandidate, fetchCandidate } from "./candidates";
import { candidateCount, recordingOf } from "./project";

/** -1 before there is one. */
export const currentRow = signal(-1);

/** Its evidence; null while it is on its way. */
export const current = signal<Candidate | null>(null);

/** Whether all that there is to see of the current candidate is here. */
export const isShown = computed(
  () => current.value !== null || recordingOf(currentRow.value)?.evidence === false,
);

/** Runs while the current candidate is looked at. */
export const stopwatch = new Stopwatch();

const visited: number[] = [];

export function show(row: number): void {
  if (row < 0 || row >= candidateCount.value || row === currentRow.value) return;
  visited.push(row);
  look(row);
}

/** Back to the candidate before this one. */
export function showPrevious(): void {
  visited.pop();
  const row = visited.at(-1);
  if (row !== undefined) look(row);
}

function look(row: number): void {
  currentRow.value = row;
  current.value = cachedCandidate(row);
  stopwatch.restart();
  if (!current.value && recordingOf(row)?.evidence) void load(row);
}

async function load(row: number): Promise<void> {
  try {
    const candidate = await fetchCandidate(row);
    if (currentRow.value !== row) return;
    current.value = candidate;
    stopwatch.restart();
  } catch (problem) {
    report(problem);
  }
}
