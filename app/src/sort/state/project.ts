/** The open project, and what of it never changes while it is open. */

import { computed } from "@preact/signals";
import type { Project, Recording } from "../../api/types";
import { opened } from "../../frame/opened";

export const project = computed<Project | null>(() => (opened.value?.kind === "sort" ? opened.value : null));

export const classes = computed<readonly string[]>(() => project.value?.classes ?? []);

/** Whether thresholds, targets and audits have a meaning: they know cells and what is none. */
export const isTwoClass = computed(() => classes.value.length === 2);

export const candidateCount = computed(() =>
  (project.value?.recordings ?? []).reduce((sum, { candidates }) => sum + candidates, 0),
);

/** The class that the "reject" key gives. */
export const rejectClass = computed(() => {
  const negative = classes.value.findIndex((name) => /^(not|no|non|none|noise)\b/i.test(name));
  return Math.max(negative, 0);
});

/** The class that the "accept" key gives: the first that is no rejection. */
export const acceptClass = computed(() => (rejectClass.value === 0 ? 1 : 0));

/** Recordings to choose from, by number. */
export const recordingOptions = computed(() =>
  (project.value?.recordings ?? []).map(({ number, name }) => ({ value: String(number), text: name })),
);

export function recordingOf(row: number): Recording | null {
  const recordings = project.value?.recordings ?? [];
  return (
    recordings.find(({ first, candidates }) => row >= first && row < first + candidates) ?? null
  );
}
