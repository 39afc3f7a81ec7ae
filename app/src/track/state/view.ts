/** How the two pictures are looked at: both at one scale, one above the other at the same x. */

import { computed, signal } from "@preact/signals";
import { AUTOMATIC, type Contrast } from "../../draw/levels";
import { bringIntoView, fitView, panBy, zoomAt, type Size, type View } from "../../draw/view";
import { stored } from "../../frame/stored";
import type { CanvasSize } from "../../frame/views/canvas";
import { toPane, type Pane } from "../places";
import { place } from "./current";
import { planeSize, project, sideSize } from "./project";

export const contrast = stored<Contrast>("track.contrast", AUTOMATIC);
/** The only channel that is shown; -1: all. */
export const channel = signal(-1);
export const marksShown = stored("track.marks", true);
export const namesShown = stored("track.names", false);

/** Whether a click keeps the point's own depth; else it is where the picture is brightest. */
export const keepsDepth = stored("track.keeps-depth", false);

export const canvases = {
  above: signal<CanvasSize | null>(null),
  side: signal<CanvasSize | null>(null),
} as const;

/** null: all of the image. */
const chosen = signal<View | null>(null);
/** What is in the middle of the side's picture, from its upper edge; null: its middle. */
const depth = signal<number | null>(null);

const above = computed<View | null>(
  () => chosen.value ?? (canvases.above.value && fitView(planeSize.value, canvases.above.value)),
);

/** A picture's view; null before its canvas is on the page. */
export const views = {
  above,
  side: computed<View | null>(() => {
    const now = above.value;
    return now && { x: now.x, y: depth.value ?? sideSize.value.height / 2, scale: now.scale };
  }),
} as const;

export const sizeOf = (pane: Pane): Size => (pane === "above" ? planeSize.value : sideSize.value);

export function fit(): void {
  chosen.value = null;
  depth.value = null;
}

export function zoom(factor: number, pane: Pane = "above", at?: readonly [number, number]): void {
  const canvas = canvases[pane].value;
  const now = views[pane].value;
  if (!canvas || !now) return;
  take(pane, zoomAt(now, planeSize.value, canvases.above.value ?? canvas, shifted(pane, at), factor));
}

/** A place of the canvas as if that were the upper one, whose limits of zooming hold for both. */
function shifted(pane: Pane, at?: readonly [number, number]): readonly [number, number] {
  const canvas = canvases[pane].value as CanvasSize;
  const upper = canvases.above.value ?? canvas;
  const [x, y] = at ?? [canvas.width / 2, canvas.height / 2];
  return [x, y - canvas.height / 2 + upper.height / 2];
}

/** Move by canvas pixels. */
export function pan(right: number, down: number, pane: Pane = "above"): void {
  const now = views[pane].value;
  if (now) take(pane, panBy(now, sizeOf(pane), right, down));
}

/** Put the point in the middle. */
export function centre(): void {
  const now = above.value;
  if (!now || !place.value) return;
  const [x, y] = toPane("above", place.value, project.value?.plane_px ?? 1);
  chosen.value = { ...now, x, y };
  depth.value = chosen.value ? toPane("side", place.value, project.value?.plane_px ?? 1)[1] : null;
}

/** Move only where the point would be out of view. */
export function bringPointIntoView(): void {
  const canvas = canvases.above.peek();
  const now = chosen.peek();
  const at = place.peek();
  if (!canvas || !now || !at) return;
  const [x, y] = toPane("above", at, 1);
  const moved = bringIntoView(now, planeSize.peek(), canvas, { left: x, right: x, top: y, bottom: y });
  if (moved !== now) chosen.value = moved;
}

function take(pane: Pane, view: View): void {
  const before = above.value;
  if (!before) return;
  if (pane === "above") chosen.value = view;
  else {
    chosen.value = { x: view.x, y: before.y, scale: view.scale };
    depth.value = view.y;
  }
}
