/** Which frames of a trace are in view. */

/** First frame, and the one after the last. */
export type Span = readonly [number, number];

export const FEWEST_FRAMES = 20;

/** The span nearest to a wished one; null where that is all frames. */
export function spanNear(begin: number, end: number, frames: number): Span | null {
  const from = Math.max(Math.min(Math.round(begin), frames - FEWEST_FRAMES), 0);
  const to = Math.min(Math.max(Math.round(end), from + FEWEST_FRAMES), frames);
  return from === 0 && to === frames ? null : [from, to];
}

/** Wider or narrower by a factor; the frame `about` stays in its place. */
export function zoomed([begin, end]: Span, factor: number, about: number, frames: number): Span | null {
  return spanNear(about - (about - begin) * factor, about + (end - about) * factor, frames);
}

/** Later by a share of its length, as far as there are frames. */
export function panned([begin, end]: Span, share: number, frames: number): Span {
  const wished = Math.round(share * (end - begin));
  const steps = Math.min(Math.max(wished, -begin), frames - end);
  return [begin + steps, end + steps];
}
