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
/** The candidate that the one in question may be merged with; its trace has the same colour. */
export const PARTNER_MARK: Mark = { colour: cssOf(OKABE_ITO.skyBlue), width: 2, halo: 2 };
export const SELECTED_MARK: Mark = { colour: "#ffffff", width: 2, halo: 2 };

/** Colours of neighbours' traces, and of their outlines beside; a partner's is the first. */
export const BESIDE_COLOURS = [
  OKABE_ITO.skyBlue,
  OKABE_ITO.orange,
  OKABE_ITO.green,
  OKABE_ITO.purple,
  OKABE_ITO.vermillion,
  OKABE_ITO.blue,
].map((colour) => cssOf(colour));

/** A neighbour whose trace is shown, in that trace's colour. */
export function besideMark(number: number): Mark {
  return { ...NEIGHBOUR_MARK, colour: BESIDE_COLOURS[number] as string, width: 1.8 };
}

export function widened(mark: Mark, ratio: number): Mark {
  return { ...mark, width: mark.width * ratio, halo: (mark.halo ?? 0) * ratio };
}
