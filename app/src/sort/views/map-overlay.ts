/** What moves over the map: the current candidate, its neighbours, the selection, the lasso. */

import { markOutlines, type Place } from "../../draw/marked-outlines";
import type { Outlines } from "../../draw/outlines";
import { toCanvas, type View } from "../../draw/view";
import type { CanvasSize } from "../../frame/views/canvas";
import { CURRENT_MARK, NEIGHBOUR_MARK, PARTNER_MARK, SELECTED_MARK, widened } from "../marks";

/** Below this size on the canvas the current candidate is pointed at by four ticks. */
const SMALL_PX = 36;

export interface Overlay {
  readonly current: number;
  readonly neighbours: readonly number[];
  readonly selected: readonly number[];
  readonly pointed: number;
  /** The candidate that the current one may be merged with, or -1. */
  readonly partner: number;
  readonly lasso: readonly (readonly [number, number])[];
}

export function drawOverlay(
  context: CanvasRenderingContext2D,
  size: CanvasSize,
  view: View,
  outlines: Outlines,
  overlay: Overlay,
): void {
  const place: Place = {
    scale: view.scale,
    right: size.width / 2 - view.x * view.scale,
    down: size.height / 2 - view.y * view.scale,
  };
  const mark = (rows: readonly number[], how: typeof CURRENT_MARK) =>
    rows.length && markOutlines(context, outlines, rows, place, widened(how, size.line));
  mark(overlay.neighbours, NEIGHBOUR_MARK);
  mark(overlay.selected, SELECTED_MARK);
  if (overlay.partner >= 0) mark([overlay.partner], PARTNER_MARK);
  if (overlay.pointed >= 0) mark([overlay.pointed], { colour: "#ffffff", width: 1.4, halo: 1 });
  if (overlay.current >= 0) {
    mark([overlay.current], CURRENT_MARK);
    pointAt(context, size, place, outlines, overlay.current);
  }
  drawLasso(context, size, view, overlay.lasso);
}

function pointAt(
  context: CanvasRenderingContext2D,
  size: CanvasSize,
  { scale, right, down }: Place,
  outlines: Outlines,
  index: number,
): void {
  const box = outlines.box(index);
  const half = (Math.max(box.right - box.left, box.bottom - box.top) * scale) / 2;
  if (half * 2 > SMALL_PX * size.line || !half) return;
  const x = ((box.left + box.right) / 2) * scale + right;
  const y = ((box.top + box.bottom) / 2) * scale + down;
  const near = half + 5 * size.line;
  const far = near + 11 * size.line;
  const ticks = new Path2D();
  for (const [across, along] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    ticks.moveTo(x + across * near, y + along * near);
    ticks.lineTo(x + across * far, y + along * far);
  }
  context.lineCap = "butt";
  for (const [colour, width] of [["rgb(0 0 0 / 0.7)", 4.5], [CURRENT_MARK.colour, 2.2]] as const) {
    context.strokeStyle = colour;
    context.lineWidth = width * size.line;
    context.stroke(ticks);
  }
}

function drawLasso(
  context: CanvasRenderingContext2D,
  size: CanvasSize,
  view: View,
  lasso: Overlay["lasso"],
): void {
  if (lasso.length < 2) return;
  const path = new Path2D();
  for (const [x, y] of lasso) path.lineTo(...toCanvas(view, size, x, y));
  path.closePath();
  context.fillStyle = "rgb(255 255 255 / 0.12)";
  context.fill(path);
  context.setLineDash([6 * size.line, 4 * size.line]);
  context.strokeStyle = "#ffffff";
  context.lineWidth = 1.5 * size.line;
  context.stroke(path);
  context.setLineDash([]);
}
