/** Between places in the video and points of its two pictures; pixel centres are whole numbers. */

import type { Projection } from "./api";
import type { Place } from "./state/current";

/** Which picture: from above (x to the right, y down), or from the side (x to the right, z down). */
export type Pane = "above" | "side";

/** Where a place lies in a picture whose corner is at (0, 0), in pixels of the image plane. */
export function toPane(pane: Pane, [z, y, x]: Place, planePx: number): readonly [number, number] {
  return [x + 0.5, pane === "above" ? y + 0.5 : (z + 0.5) * planePx];
}

/** Row and column of a picture's pixel under a point; null where there is none. */
export function pixelUnder(
  pane: Pane,
  projection: Projection,
  at: readonly [number, number],
  planePx: number,
): readonly [number, number] | null {
  const column = Math.floor(at[0]);
  const row = Math.floor(pane === "above" ? at[1] : at[1] / planePx);
  const inside = column >= 0 && row >= 0 && column < projection.width && row < projection.height;
  return inside ? [row, column] : null;
}

/** The place that was pointed at; what the picture does not tell is where it is brightest there. */
export function placeUnder(
  pane: Pane,
  projection: Projection,
  at: readonly [number, number],
  planePx: number,
): Place | null {
  const pixel = pixelUnder(pane, projection, at, planePx);
  if (!pixel) return null;
  const depth = depthAround(projection, pixel);
  const x = at[0] - 0.5;
  if (pane === "above") return [depth, at[1] - 0.5, x];
  return [at[1] / planePx - 0.5, depth, x];
}

/** The place with what the picture does not tell taken from another one, where there is one. */
export function asDeep(pane: Pane, [z, y, x]: Place, other: Place | null): Place {
  if (!other) return [z, y, x];
  return pane === "above" ? [other[0], y, x] : [z, other[1], x];
}

/** Median of the brightest depths of a pixel and its neighbours: one noisy pixel misleads nobody. */
export function depthAround({ depth, width, height }: Projection, pixel: readonly [number, number]): number {
  const [row, column] = pixel;
  const around: number[] = [];
  for (let y = Math.max(row - 1, 0); y <= Math.min(row + 1, height - 1); y++) {
    for (let x = Math.max(column - 1, 0); x <= Math.min(column + 1, width - 1); x++) {
      around.push(depth[y * width + x] as number);
    }
  }
  around.sort((one, other) => one - other);
  return around[(around.length - 1) >> 1] as number;
}

/** The nearest of some points (x, y after each other; NaN where none), within a distance; else -1. */
export function nearest(points: ArrayLike<number>, at: readonly [number, number], within: number): number {
  let found = -1;
  let best = within * within;
  for (let index = 0; 2 * index < points.length; index++) {
    const across = (points[2 * index] as number) - at[0];
    const down = (points[2 * index + 1] as number) - at[1];
    const distance = across * across + down * down;
    if (distance <= best) {
      found = index;
      best = distance;
    }
  }
  return found;
}
