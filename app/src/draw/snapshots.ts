/** Snapshots of events as values of one frame: still, or one of the movie's. */

import type { Candidate } from "../api/routes";

export type Still = "mean" | "maximum" | "peak";

/** Values (y, x) of an event's snapshot at one of its frames. */
export function frameValues(candidate: Candidate, event: number, frame: number): Float32Array {
  const { codes, least, step } = candidate;
  const size = candidate.height * candidate.width;
  const values = new Float32Array(size);
  if (!codes) return values;
  const begin = (event * candidate.window + frame) * size;
  for (let pixel = 0; pixel < size; pixel++) {
    values[pixel] = least + step * (codes[begin + pixel] as number);
  }
  return values;
}

/** Values (y, x) of an event's snapshot as one still image. */
export function stillValues(candidate: Candidate, event: number, still: Still): Float32Array {
  const { codes, least, step, window } = candidate;
  if (still === "peak" || !codes) return frameValues(candidate, event, window >> 1);
  const size = candidate.height * candidate.width;
  const values = new Float32Array(size);
  for (let frame = 0; frame < window; frame++) {
    const begin = (event * window + frame) * size;
    for (let pixel = 0; pixel < size; pixel++) {
      const code = codes[begin + pixel] as number;
      if (still === "mean") values[pixel] = (values[pixel] as number) + code / window;
      else if (code > (values[pixel] as number)) values[pixel] = code;
    }
  }
  for (let pixel = 0; pixel < size; pixel++) values[pixel] = least + step * (values[pixel] as number);
  return values;
}
