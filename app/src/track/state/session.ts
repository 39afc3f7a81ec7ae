/** How far the annotator and the tracking have come; the timeline. */

import { computed, signal } from "@preact/signals";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";
import { getState, getTimeline, postWork, type Timeline, type TrackState } from "../api";

export const session = signal<TrackState | null>(null);
export const timeline = signal<Timeline | null>(null);

export const working = computed(() => session.value?.work.running ?? false);

/** Take a state from the server unless a newer one is here. */
export function takeState(state: TrackState): void {
  if (state.annotator === annotator.value && state.version >= (session.value?.version ?? -1)) {
    session.value = state;
  }
}

export async function refreshState(): Promise<void> {
  const [state, line] = await Promise.all([getState(annotator.value), getTimeline(annotator.value)]);
  takeState(state);
  timeline.value = line;
}

/** Track all that is to be tracked again, or stop that. */
export async function trackRest(go: boolean): Promise<void> {
  try {
    const { work } = await postWork(annotator.value, go);
    if (session.value) session.value = { ...session.value, work };
  } catch (problem) {
    report(problem);
  }
}
