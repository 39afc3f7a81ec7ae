/**
 * Few outlines, stroked: crisp at every zoom.
 *
 * Most lines are one pixel wide: without a GPU wider ones take many times as long.
 */

import type { Appearance } from "./outline-tiles";
import type { Outlines } from "./outlines";
import { DASHES, HIDDEN, isThick } from "./raster";
import { cssOf } from "./colours";
import type { Size, View } from "./view";

const OUTLINES_A_STROKE = 100;

export function strokeOutlines(
  context: CanvasRenderingContext2D,
  view: View,
  canvas: Size,
  outlines: Outlines,
  rows: readonly number[],
  { colours, styles, palette }: Appearance,
  line: number,
): void {
  const right = canvas.width / 2 - view.x * view.scale;
  const down = canvas.height / 2 - view.y * view.scale;
  for (const [look, alike] of groupBy(rows, (index) => (styles[index] as number) * 256 + (colours[index] as number))) {
    const style = look >> 8;
    if (style === HIDDEN) continue;
    const width = isThick(style) ? 2 * line : Math.round(line);
    context.strokeStyle = cssOfPixel(palette[look & 255] as number);
    context.lineWidth = width;
    context.setLineDash((DASHES[style] ?? []).map((length) => length * width));
    for (let begin = 0; begin < alike.length; begin += OUTLINES_A_STROKE) {
      const path = new Path2D();
      for (const index of alike.slice(begin, begin + OUTLINES_A_STROKE)) {
        outlines.trace(path, index, view.scale, right, down);
      }
      context.stroke(path);
    }
  }
  context.setLineDash([]);
}

function groupBy(rows: readonly number[], key: (index: number) => number): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const index of rows) {
    const group = groups.get(key(index));
    if (group) group.push(index);
    else groups.set(key(index), [index]);
  }
  return groups;
}

function cssOfPixel(pixel: number): string {
  return cssOf([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255], ((pixel >>> 24) & 255) / 255);
}
