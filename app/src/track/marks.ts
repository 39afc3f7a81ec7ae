/** What a point looks like: its shape and its colour both tell what it is. */

import { cssOf, OKABE_ITO } from "../draw/colours";
import { HIDDEN, IS_HIDDEN, IS_NOT_TRACKED, IS_OUT_OF_VIEW, IS_VEILED, SEEN, type Points } from "./api";

export type Mark = "said" | "said hidden" | "seen" | "doubtful" | "hidden" | "gone" | "veiled";

/** Below this score of the machine a point is doubtful. */
const DOUBTFUL = 0.5;

export const WORDS: Readonly<Record<Mark, string>> = {
  said: "said by a person",
  "said hidden": "said to be hidden",
  seen: "seen by the machine",
  doubtful: "doubtful",
  hidden: "hidden, as the machine has it",
  gone: "left the view, or not tracked",
  veiled: "the machine's place is shown once you have answered",
};

export const COLOURS: Readonly<Record<Mark, string>> = {
  said: cssOf(OKABE_ITO.green),
  "said hidden": cssOf(OKABE_ITO.green),
  seen: cssOf(OKABE_ITO.skyBlue),
  doubtful: cssOf(OKABE_ITO.yellow),
  hidden: cssOf(OKABE_ITO.orange),
  gone: cssOf(OKABE_ITO.grey),
  veiled: cssOf(OKABE_ITO.purple),
};

export const CURRENT = cssOf(OKABE_ITO.vermillion);

export function markOf(points: Points, keypoint: number): Mark {
  const said = points.said[keypoint];
  const visibility = points.visibility[keypoint] as number;
  if (said === SEEN) return "said";
  if (said === HIDDEN) return "said hidden";
  if (visibility === IS_VEILED) return "veiled";
  if (visibility === IS_HIDDEN) return "hidden";
  if (visibility === IS_OUT_OF_VIEW || visibility === IS_NOT_TRACKED) return "gone";
  return (points.score[keypoint] as number) < DOUBTFUL ? "doubtful" : "seen";
}

/** Outline of a mark about (0, 0), as large as `radius`. */
export function shapeOf(mark: Mark, radius: number): Path2D {
  const path = new Path2D();
  const r = radius;
  if (mark === "said") path.rect(-0.85 * r, -0.85 * r, 1.7 * r, 1.7 * r);
  else if (mark === "doubtful") corners(path, [[0, -1.2 * r], [1.2 * r, 0], [0, 1.2 * r], [-1.2 * r, 0]]);
  else if (mark === "hidden" || mark === "said hidden") corners(path, [[0, -1.1 * r], [1.1 * r, 0.9 * r], [-1.1 * r, 0.9 * r]]);
  else path.arc(0, 0, r, 0, 2 * Math.PI);
  return path;
}

/** Whether it is filled, not only outlined: what a person said is. */
export function isFilled(mark: Mark): boolean {
  return mark === "said" || mark === "said hidden";
}

function corners(path: Path2D, points: readonly (readonly [number, number])[]): void {
  for (const [x, y] of points) path.lineTo(x, y);
  path.closePath();
}
