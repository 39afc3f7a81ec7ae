/** Moving over the trace. */

import { panned, spanNear, zoomed, type Span } from "../../draw/span";
import { current } from "./current";
import { traceRange } from "./evidence";

const frames = () => current.value?.frames ?? 1;

/** The chosen frames, or all. */
export function framesInView(): Span {
  return traceRange.value ?? [0, frames()];
}

export function showFrames(begin: number, end: number): void {
  traceRange.value = spanNear(begin, end, frames());
}

/** Zoom about a frame, or about the middle. */
export function zoomTrace(factor: number, about?: number): void {
  const [begin, end] = framesInView();
  traceRange.value = zoomed([begin, end], factor, about ?? (begin + end) / 2, frames());
}

export function panTrace(share: number): void {
  if (traceRange.value) traceRange.value = panned(traceRange.value, share, frames());
}
