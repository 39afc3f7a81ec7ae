/** How the candidate in question, its neighbours and the selection stand out, on every picture. */

import { cssOf, OKABE_ITO } from "../draw/colours";
import type { Mark } from "../draw/marked-outlines";

export const CURRENT_MARK: Mark = { colour: cssOf(OKABE_ITO.yellow), width: 2.2, halo: 2.2 };
export const NEIGHBOUR_MARK: Mark = {
  colour: cssOf(OKABE_ITO.skyBlue),
  width: 1.2,
  dash: [3, 2],
  halo: 1,
};
export const SELECTED_MARK: Mark = { colour: "#ffffff", width: 2, halo: 2 };

/** Colours of the neighbours' traces, distinct from the candidate's own. */
export const BESIDE_COLOURS = [
  OKABE_ITO.skyBlue,
  OKABE_ITO.orange,
  OKABE_ITO.green,
  OKABE_ITO.purple,
  OKABE_ITO.vermillion,
  OKABE_ITO.blue,
].map((colour) => cssOf(colour));

export function widened(mark: Mark, ratio: number): Mark {
  return { ...mark, width: mark.width * ratio, halo: (mark.halo ?? 0) * ratio };
}
