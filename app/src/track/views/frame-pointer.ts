/** Pointer on a picture: drag to pan, wheel to zoom, click to place the point or to choose one. */

import { signal } from "@preact/signals";
import { toImage } from "../../draw/view";
import { asDeep, nearest, placeUnder, type Pane } from "../places";
import { answer, canAnswer } from "../state/acts";
import { choose, place } from "../state/current";
import { project } from "../state/project";
import { isShown, shown } from "../state/shown";
import { canvases, keepsDepth, pan, views, zoom } from "../state/view";
import { placesOnCanvas } from "./frame-picture";

const CLICK_PX = 4;
const NEAR_PX = 12;
const WHEEL_RATE = 0.0016;

type Point = readonly [number, number];

/** The point under the pointer, or -1. */
export const pointed = signal(-1);

export function followPointer(canvas: HTMLCanvasElement, pane: Pane): void {
  canvas.addEventListener("pointerdown", (event) => event.button === 0 && begin(canvas, pane, event));
  canvas.addEventListener("pointermove", (event) => {
    if (!event.buttons) pointed.value = pointAt(pane, onCanvas(canvas, pane, event));
  });
  canvas.addEventListener("pointerleave", () => (pointed.value = -1));
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      zoom(Math.exp(-event.deltaY * lines * WHEEL_RATE), pane, onCanvas(canvas, pane, event));
    },
    { passive: false },
  );
}

function begin(canvas: HTMLCanvasElement, pane: Pane, down: PointerEvent): void {
  let last = onCanvas(canvas, pane, down);
  let moved = 0;
  canvas.setPointerCapture(down.pointerId);
  const ended = new AbortController();
  const { signal: until } = ended;
  canvas.addEventListener(
    "pointermove",
    (event) => {
      const now = onCanvas(canvas, pane, event);
      moved += Math.hypot(now[0] - last[0], now[1] - last[1]);
      if (moved > CLICK_PX) pan(now[0] - last[0], now[1] - last[1], pane);
      last = now;
    },
    { signal: until },
  );
  const end = (event: PointerEvent) => {
    ended.abort();
    if (moved <= CLICK_PX) click(pane, onCanvas(canvas, pane, event), event.shiftKey);
  };
  canvas.addEventListener("pointerup", end, { signal: until });
  canvas.addEventListener("pointercancel", () => ended.abort(), { signal: until });
}

/** Place the chosen point; with Shift, or where none is chosen, choose the one that is there. */
function click(pane: Pane, at: Point, choosing: boolean): void {
  if (choosing || !canAnswer.value) {
    const found = pointAt(pane, at);
    if (found >= 0) choose(found);
    return;
  }
  const picture = shown.value?.picture;
  const projection = pane === "above" ? picture?.above : picture?.side;
  const [view, canvas] = [views[pane].value, canvases[pane].value];
  if (!projection || !view || !canvas) return;
  const found = placeUnder(pane, projection, toImage(view, canvas, at[0], at[1]), project.value?.plane_px ?? 1);
  if (found) answer("seen", keepsDepth.value ? asDeep(pane, found, place.value) : found);
}

function pointAt(pane: Pane, at: Point): number {
  const [view, canvas] = [views[pane].value, canvases[pane].value];
  if (!view || !canvas || !shown.value || !isShown.value) return -1;
  const places = placesOnCanvas(pane, shown.value.points, project.value?.plane_px ?? 1, view, canvas);
  return nearest(places, at, NEAR_PX * canvas.ratio);
}

function onCanvas(canvas: HTMLCanvasElement, pane: Pane, event: MouseEvent): Point {
  const { left, top } = canvas.getBoundingClientRect();
  const ratio = canvases[pane].value?.ratio ?? 1;
  return [(event.clientX - left) * ratio, (event.clientY - top) * ratio];
}
