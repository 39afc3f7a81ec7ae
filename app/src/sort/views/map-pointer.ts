/** Pointer on the map: drag to pan, wheel or box to zoom, click to choose, lasso to select. */

import { signal } from "@preact/signals";
import { HIDDEN } from "../../draw/raster";
import { toImage } from "../../draw/view";
import { currentRow, show } from "../state/current";
import { appearance } from "../state/looks";
import { currentOutlines, firstRow, tool, type Tool } from "../state/map";
import { mapCanvas, panMap, shownView, zoomMap, zoomToBox } from "../state/map-moves";
import { addToSelection, toggleSelected } from "../state/selection";

const CLICK_PX = 4;
const WHEEL_RATE = 0.0016;

/** Corners of the lasso or box being drawn, in image coordinates. */
export const lasso = signal<readonly (readonly [number, number])[]>([]);

/** Row under the pointer, or -1. */
export const pointedAt = signal(-1);

export function followPointer(canvas: HTMLCanvasElement): void {
  canvas.addEventListener("pointerdown", (event) => event.button === 0 && begin(canvas, event));
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) pointedAt.value = rowsAt(canvas, event)[0] ?? -1;
  });
  canvas.addEventListener("pointerleave", () => (pointedAt.value = -1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      const factor = Math.exp(-event.deltaY * lines * WHEEL_RATE);
      zoomMap(factor, place(canvas, event));
    },
    { passive: false },
  );
}

function begin(canvas: HTMLCanvasElement, down: PointerEvent): void {
  const does = toolOf(down);
  const start = imagePlace(place(canvas, down));
  let last = place(canvas, down);
  let moved = 0;
  canvas.setPointerCapture(down.pointerId);
  const ended = new AbortController();
  const { signal: until } = ended;

  canvas.addEventListener(
    "pointermove",
    (event) => {
      const now = place(canvas, event);
      moved += Math.hypot(now[0] - last[0], now[1] - last[1]);
      if (moved > CLICK_PX) drag(does, start, last, now);
      last = now;
    },
    { signal: until },
  );
  const end = (event: PointerEvent) => {
    ended.abort();
    if (moved <= CLICK_PX) choose(canvas, event);
    else finish(does);
    lasso.value = [];
  };
  canvas.addEventListener("pointerup", end, { signal: until });
  canvas.addEventListener("pointercancel", () => ended.abort(), { signal: until });
}

/** The chosen tool, or the one that a held key stands for. */
function toolOf(down: PointerEvent): Tool {
  if (down.shiftKey) return "lasso";
  return down.ctrlKey || down.metaKey ? "box" : tool.value;
}

type Point = readonly [number, number];

function drag(does: Tool, start: Point, last: Point, now: Point): void {
  const at = imagePlace(now);
  const size = mapCanvas.value;
  if (does === "lasso") lasso.value = [...lasso.value, at];
  else if (does === "box") lasso.value = [start, [at[0], start[1]], at, [start[0], at[1]]];
  else if (size) panMap((now[0] - last[0]) / size.width, (now[1] - last[1]) / size.height);
}

function finish(does: Tool): void {
  if (does === "pan") return;
  if (does === "lasso") {
    const rows = currentOutlines.value?.inPolygon(lasso.value) ?? [];
    addToSelection(rows.filter(isShown).map((index) => index + firstRow.value));
  } else {
    const [across, down] = [0, 1].map((axis) => lasso.value.map((point) => point[axis] as number)) as [number[], number[]];
    zoomToBox({ left: Math.min(...across), top: Math.min(...down), right: Math.max(...across), bottom: Math.max(...down) });
  }
  tool.value = "pan";
}

/** A click chooses what is under it; the next one there what lies below. */
function choose(canvas: HTMLCanvasElement, event: PointerEvent): void {
  const rows = rowsAt(canvas, event);
  const [first] = rows;
  if (first === undefined) return;
  if (event.shiftKey || tool.value === "lasso") toggleSelected(first);
  else show(rows[(rows.indexOf(currentRow.value) + 1) % rows.length] as number);
}

function rowsAt(canvas: HTMLCanvasElement, event: PointerEvent): readonly number[] {
  const [x, y] = imagePlace(place(canvas, event));
  const found = currentOutlines.value?.at(x, y) ?? [];
  return found.filter(isShown).map((index) => index + firstRow.value);
}

function isShown(index: number): boolean {
  return appearance.value?.styles[index] !== HIDDEN;
}

function place(canvas: HTMLCanvasElement, event: MouseEvent): [number, number] {
  const { left, top } = canvas.getBoundingClientRect();
  const ratio = mapCanvas.value?.ratio ?? 1;
  return [(event.clientX - left) * ratio, (event.clientY - top) * ratio];
}

function imagePlace(at: readonly [number, number]): [number, number] {
  const view = shownView.value;
  const size = mapCanvas.value;
  return view && size ? toImage(view, size, at[0], at[1]) : [NaN, NaN];
}
