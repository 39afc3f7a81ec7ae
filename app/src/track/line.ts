/** Frames of a timeline to columns of a picture, and the frames to step to. */

import { ANNOTATED, REFERENCE, STALE, type Timeline } from "./api";

export interface Columns {
  /** Doubt of the worst frame of each column, 0 to 1. */
  readonly doubt: Float32Array;
  /** Everything that any frame of a column is. */
  readonly flags: Uint8Array;
}

/** So many columns as there is room for; where frames are fewer, each has several. */
export function columnsOf({ lowest, flags }: Timeline, width: number): Columns {
  const frames = lowest.length;
  const doubt = new Float32Array(width);
  const marked = new Uint8Array(width);
  for (let column = 0; column < width; column++) {
    const begin = Math.floor((column * frames) / width);
    const end = Math.max(Math.ceil(((column + 1) * frames) / width), begin + 1);
    for (let frame = begin; frame < Math.min(end, frames); frame++) {
      const score = lowest[frame] as number;
      doubt[column] = Math.max(doubt[column] as number, Number.isNaN(score) ? 0 : 1 - score);
      marked[column] = (marked[column] as number) | (flags[frame] as number);
    }
  }
  return { doubt, flags: marked };
}

export type Kind = "reference" | "annotated" | "stale" | "doubtful";

const BITS = { reference: REFERENCE, annotated: ANNOTATED, stale: STALE } as const;
/** So large a share of frames, those with the lowest scores, is doubtful. */
const DOUBTFUL = 0.1;

/** The next frame of a kind after this one, beginning again at the first; -1 if there is no other. */
export function nextOf(kind: Kind, { lowest, flags }: Timeline, frame: number): number {
  const limit = kind === "doubtful" ? doubtLimit(lowest) : 0;
  for (let steps = 1; steps < lowest.length; steps++) {
    const next = (frame + steps) % lowest.length;
    if (kind === "doubtful" ? (lowest[next] as number) <= limit : (flags[next] as number) & BITS[kind]) return next;
  }
  return -1;
}

/** The score below which a tenth of all frames lies, of those that have one and are below 1. */
export function doubtLimit(lowest: Float32Array): number {
  const scores = lowest.filter((score) => score < 1).sort();
  return scores[Math.max(Math.ceil(DOUBTFUL * scores.length) - 1, 0)] ?? -Infinity;
}

/** The nearest of some frames that is not this one; -1 if there is none. */
export function nearestFrame(frames: readonly number[], frame: number): number {
  const others = frames.filter((one) => one !== frame);
  return others.reduce((best, one) => (best < 0 || Math.abs(one - frame) < Math.abs(best - frame) ? one : best), -1);
}
