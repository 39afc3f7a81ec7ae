/** A short piece of a trace under a snapshot. */

import { strokeJagged } from "./polyline";

export interface StripBox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Strip {
  readonly trace: Float32Array;
  /** Frames from and to which the trace is drawn; beyond its ends nothing is. */
  readonly from: number;
  readonly to: number;
  /** Frames that the snapshot covers. */
  readonly inner: readonly [number, number];
  /** Frame that is shown, or null. */
  readonly frame: number | null;
  readonly colour: string;
  readonly faint: string;
  /** Of the line, in canvas pixels. */
  readonly width: number;
}

export function drawStrip(context: CanvasRenderingContext2D, box: StripBox, strip: Strip): void {
  const { trace, from, to, inner } = strip;
  const [least, most] = rangeOf(trace);
  const x = (frame: number) => box.left + ((frame - from) / (to - from)) * box.width;
  const y = (value: number) =>
    box.top + box.height - 2 - ((value - least) / (most - least || 1)) * (box.height - 4);
  context.fillStyle = strip.faint;
  context.globalAlpha = 0.18;
  context.fillRect(x(inner[0]), box.top, x(inner[1]) - x(inner[0]), box.height);
  context.globalAlpha = 1;
  const path = new Path2D();
  for (let frame = Math.max(Math.ceil(from), 0); frame <= Math.min(to, trace.length - 1); frame++) {
    path.lineTo(x(frame), y(trace[frame] as number));
  }
  context.strokeStyle = strip.colour;
  strokeJagged(context, path, strip.width);
  if (strip.frame === null) return;
  context.lineWidth = strip.width;
  context.strokeStyle = strip.faint;
  context.beginPath();
  context.moveTo(x(strip.frame), box.top);
  context.lineTo(x(strip.frame), box.top + box.height);
  context.stroke();
}

/** Values as another trace's range would have them. */
export function rescaled(
  values: Float64Array,
  [least, most]: readonly [number, number],
  [low, high]: readonly [number, number],
): Float64Array {
  const factor = (high - low) / (most - least || 1);
  return values.map((value) => low + (value - least) * factor);
}

const ranges = new WeakMap<Float32Array, readonly [number, number]>();

/** Least and largest value of a whole trace, so that all its pieces have one scale. */
export function rangeOf(trace: Float32Array): readonly [number, number] {
  let range = ranges.get(trace);
  if (!range) {
    let least = Infinity;
    let most = -Infinity;
    for (const value of trace) {
      if (value < least) least = value;
      if (value > most) most = value;
    }
    range = least <= most ? [least, most] : [0, 1];
    ranges.set(trace, range);
  }
  return range;
}
