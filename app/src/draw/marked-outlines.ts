/** Outlines that stand out: with a dark halo, legible on every image. */

import type { Outlines } from "./outlines";

export interface Place {
  readonly scale: number;
  /** Where the image's corner lies on the canvas. */
  readonly right: number;
  readonly down: number;
}

export interface Mark {
  readonly colour: string;
  readonly width: number;
  readonly dash?: readonly number[];
  /** Width of the halo; none, if 0. */
  readonly halo?: number;
}

export function markOutlines(
  context: CanvasRenderingContext2D,
  outlines: Outlines,
  rows: Iterable<number>,
  { scale, right, down }: Place,
  { colour, width, dash = [], halo = 0 }: Mark,
): void {
  const path = new Path2D();
  for (const index of rows) outlines.trace(path, index, scale, right, down);
  context.lineJoin = "round";
  if (halo) {
    context.setLineDash([]);
    context.strokeStyle = "rgb(0 0 0 / 0.65)";
    context.lineWidth = width + halo;
    context.stroke(path);
  }
  context.setLineDash(dash.map((length) => length * width));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
  context.setLineDash([]);
}
