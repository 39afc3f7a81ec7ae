/** The frame that is shown: its picture and its points, always of the same frame. */

import { computed, signal } from "@preact/signals";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";
import { getPicture, getPoints, type Picture, type Points } from "../api";
import { frameCount } from "./project";

/** The frame that is wished for; it is shown as soon as it is here. */
export const frame = signal(0);

export interface Shown {
  readonly frame: number;
  /** null where the video cannot be read. */
  readonly picture: Picture | null;
  readonly points: Points;
}

export const shown = signal<Shown | null>(null);

/** Whether what is on the page is what was wished for. */
export const isShown = computed(() => shown.value?.frame === frame.value);

/** Why there is no picture, or "". */
export const pictureTrouble = signal("");

const KEPT = 24;
const pictures = new Map<number, Promise<Picture>>();

export function showFrame(wished: number): void {
  const last = frameCount.value - 1;
  const target = Math.min(Math.max(Math.round(wished), 0), last);
  const direction = target < frame.value ? -1 : 1;
  frame.value = target;
  void load(target).then(() => frame.value === target && fetchAhead(target, direction));
}

/** Fetch the points anew, for they were tracked again; with `reveal` also those that are veiled. */
export async function refreshPoints(reveal = false): Promise<void> {
  const before = shown.value;
  if (!before) return;
  try {
    const points = await getPoints(annotator.value, before.frame, reveal);
    if (shown.value?.frame === before.frame) shown.value = { ...shown.value, points };
  } catch (problem) {
    report(problem);
  }
}

/** Say at once what the server will say of one point. */
export function setPoint(keypoint: number, said: number, position: readonly number[] | null): void {
  const now = shown.value;
  if (!now) return;
  const points = { ...now.points, said: now.points.said.slice(), position: now.points.position.slice() };
  points.said[keypoint] = said;
  if (position) points.position.set(position, 3 * keypoint);
  shown.value = { ...now, points };
}

/** A picture, from the last few or from the server. */
export function pictureOf(wished: number): Promise<Picture> {
  const there = pictures.get(wished);
  const found = there ?? getPicture(wished);
  pictures.delete(wished);
  pictures.set(wished, found);
  if (!there) found.catch(() => pictures.delete(wished));
  for (const [old] of pictures) {
    if (pictures.size <= KEPT) break;
    pictures.delete(old);
  }
  return found;
}

async function load(wished: number): Promise<void> {
  const picture = pictureOf(wished).catch((problem: unknown) => {
    pictureTrouble.value = problem instanceof Error ? problem.message : String(problem);
    return null;
  });
  try {
    const [found, points] = await Promise.all([picture, getPoints(annotator.value, wished, false)]);
    if (frame.value !== wished) return;
    if (found) pictureTrouble.value = "";
    shown.value = { frame: wished, picture: found, points };
  } catch (problem) {
    report(problem);
  }
}

/** Whoever steps once steps on. */
function fetchAhead(from: number, direction: number): void {
  for (const next of [from + direction, from + 2 * direction]) {
    if (next >= 0 && next < frameCount.value && !pictureTrouble.value) void pictureOf(next).catch(() => {});
  }
}
