/** Outlines that stand out: with a dark halo, legible on every image. */

import type { Outlines } from "./outlines";

/** More outlines than this are drawn by lines of one pixel: without a GPU wider ones take six times as long. */
const MANY = 8;

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
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  outlines: Outlines,
  rows: readonly number[],
  { scale, right, down }: Place,
  { colour, width, dash = [], halo = 0 }: Mark,
): void {
  const path = new Path2D();
  for (const index of rows) outlines.trace(path, index, scale, right, down);
  context.lineJoin = "round";
  if (rows.length > MANY) {
    markThinly(context, path, { colour, width, dash, halo });
    return;
  }
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

function markThinly(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  path: Path2D,
  { colour, width, dash = [], halo = 0 }: Mark,
): void {
  const times = Math.max(Math.round(width), 1);
  const stroke = (style: string, from: number, to: number) => {
    context.strokeStyle = style;
    for (let shift = from; shift < to; shift++) {
      context.save();
      context.translate(shift, shift);
      context.stroke(path);
      context.restore();
    }
  };
  context.lineWidth = 1;
  context.setLineDash([]);
  if (halo) stroke("rgb(0 0 0 / 0.5)", -1, times + 1);
  context.setLineDash(dash.map((length) => length * width));
  stroke(colour, 0, times);
  context.setLineDash([]);
}
