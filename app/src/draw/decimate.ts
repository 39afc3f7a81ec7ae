/** A long trace as few points that look the same: the extremes of each stretch. */

export interface Decimated {
  /** Frames of the points. */
  readonly frames: Float64Array;
  /** Where each stretch begins, and the frame after the last. */
  readonly stretches: Int32Array;
}

/** Divide frames `begin` to `end` (exclusive) into at most `most` stretches. */
export function divide(begin: number, end: number, most: number): Decimated {
  const length = Math.max(end - begin, 0);
  const count = Math.max(Math.min(Math.floor(most), length), 1);
  const stretches = Int32Array.from({ length: count + 1 }, (_, index) =>
    Math.round(begin + (index * length) / count),
  );
  if (count === length) {
    return { frames: Float64Array.from({ length }, (_, index) => begin + index), stretches };
  }
  const frames = new Float64Array(2 * count);
  for (let index = 0; index < count; index++) {
    const from = stretches[index] as number;
    const to = stretches[index + 1] as number;
    frames[2 * index] = from;
    frames[2 * index + 1] = (from + to) / 2;
  }
  return { frames, stretches };
}

/** The values that go with the frames: each stretch's least and largest, in the order they come. */
export function extremes(trace: Float32Array, { frames, stretches }: Decimated): Float64Array {
  const values = new Float64Array(frames.length);
  if (frames.length === stretches.length - 1) {
    for (let index = 0; index < frames.length; index++) {
      values[index] = trace[stretches[index] as number] as number;
    }
    return values;
  }
  for (let stretch = 0; stretch + 1 < stretches.length; stretch++) {
    let least = stretches[stretch] as number;
    let most = least;
    for (let frame = least; frame < (stretches[stretch + 1] as number); frame++) {
      if ((trace[frame] as number) < (trace[least] as number)) least = frame;
      if ((trace[frame] as number) > (trace[most] as number)) most = frame;
    }
    values[2 * stretch] = trace[Math.min(least, most)] as number;
    values[2 * stretch + 1] = trace[Math.max(least, most)] as number;
  }
  return values;
}
