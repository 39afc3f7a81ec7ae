/** Moving over the map. */

import { computed, signal } from "@preact/signals";
import {
  bringIntoView,
  fitView,
  panBy,
  scaleOfShare,
  viewOfBox,
  zoomAt,
  zoomShare,
  type Box,
  type View,
} from "../../draw/view";
import type { CanvasSize } from "../../frame/views/canvas";
import { currentRow } from "./current";
import { currentOutlines, firstRow, following, imageSize, view } from "./map";

/** Size of the map's canvas, in screen pixels; null before it is on the page. */
export const mapCanvas = signal<CanvasSize | null>(null);

/** The view as drawn: the chosen one, or all of the image. */
export const shownView = computed<View | null>(
  () => view.value ?? (mapCanvas.value && fitView(imageSize.value, mapCanvas.value)),
);

export function fitMap(): void {
  view.value = null;
}

/** Zoom at a place of the canvas, or at its middle. */
export function zoomMap(factor: number, at?: readonly [number, number]): void {
  const canvas = mapCanvas.value;
  const now = shownView.value;
  if (!canvas || !now) return;
  view.value = zoomAt(now, imageSize.value, canvas, at ?? [canvas.width / 2, canvas.height / 2], factor);
}

/** How far the map is zoomed in, from 0 to 1; it can be set. */
export const mapZoom = computed(() => {
  const canvas = mapCanvas.value;
  const now = shownView.value;
  return canvas && now ? zoomShare(now, imageSize.value, canvas) : 0;
});

export function setMapZoom(share: number): void {
  const canvas = mapCanvas.value;
  const now = shownView.value;
  if (canvas && now) zoomMap(scaleOfShare(share, imageSize.value, canvas) / now.scale);
}

export function zoomToBox(box: Box): void {
  const canvas = mapCanvas.value;
  if (canvas) view.value = viewOfBox(box, imageSize.value, canvas);
}

/** Move the map by shares of the canvas; to the right and down. */
export function panMap(right: number, down: number): void {
  const canvas = mapCanvas.value;
  const now = shownView.value;
  if (!canvas || !now) return;
  view.value = panBy(now, imageSize.value, right * canvas.width, down * canvas.height);
}

export function centreMap(): void {
  const now = shownView.value;
  const centre = currentOutlines.value?.centre(currentRow.value - firstRow.value);
  if (!now || !centre || !Number.isFinite(centre[0])) return;
  view.value = { ...now, x: centre[0], y: centre[1] };
}

/** Move the map where the current candidate would be out of view. */
export function followCurrent(): void {
  const canvas = mapCanvas.peek();
  const outlines = currentOutlines.peek();
  const now = view.peek();
  if (!canvas || !outlines || !now || !following.peek() || currentRow.peek() < 0) return;
  const box = outlines.box(currentRow.peek() - firstRow.peek());
  const moved = bringIntoView(now, imageSize.peek(), canvas, box);
  if (moved !== now) view.value = moved;
}
