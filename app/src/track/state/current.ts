/** The point that answers are about, and where it is about to be put. */

import { computed, effect, signal } from "@preact/signals";
import { Stopwatch } from "../../frame/stopwatch";
import type { PointQuestion, Points } from "../api";
import { names } from "./project";
import { frame, isShown, shown, showFrame } from "./shown";

export type Place = readonly [z: number, y: number, x: number];

/** The point, or -1. */
export const keypoint = signal(-1);

/** The question that lies before the annotator, if it is about this point in this frame. */
const asked = signal<PointQuestion | null>(null);
export const question = computed(() => {
  const now = asked.value;
  return now && now.frame === frame.value && now.keypoint === keypoint.value ? now : null;
});

/** A place moved to by keys, that is not said yet. */
export const draft = signal<Place | null>(null);

/** Runs while the point is looked at. */
export const stopwatch = new Stopwatch();

/** How often the view was asked to go to the point. */
export const wishes = signal(0);

effect(() => {
  keypoint.value;
  frame.value;
  draft.value = null;
  stopwatch.restart();
});

/** Put a question before the annotator. */
export function ask(next: PointQuestion): void {
  asked.value = next;
  keypoint.value = next.keypoint;
  showFrame(next.frame);
  wishes.value += 1;
}

export function choose(wished: number): void {
  keypoint.value = wished;
}

/** The next point of the list, or the one before. */
export function stepPoint(steps: 1 | -1): void {
  const count = names.value.length;
  const from = keypoint.value < 0 && steps < 0 ? 0 : keypoint.value;
  keypoint.value = (from + steps + count) % count;
  wishes.value += 1;
}

/** Where the point is now: as moved by keys, as said, or as the machine has it; null if nowhere. */
export const place = computed<Place | null>(
  () => draft.value ?? (shown.value && isShown.value ? placeIn(shown.value.points, keypoint.value) : null),
);

/** Where a point is in a frame. */
export function placeIn({ position }: Points, wished: number): Place | null {
  const [z, y, x] = position.subarray(3 * wished, 3 * wished + 3);
  return wished >= 0 && z !== undefined && y !== undefined && x !== undefined && Number.isFinite(x) ? [z, y, x] : null;
}
