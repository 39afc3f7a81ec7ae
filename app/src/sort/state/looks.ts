/** What the map's outlines look like now. */

import { computed } from "@preact/signals";
import { quantileLevels } from "../../draw/levels";
import type { Appearance } from "../../draw/outline-tiles";
import { appearanceOf, differences, ONE_COLOURS, type NumberScale } from "../appearance";
import { labels } from "./labels";
import { colourBy, currentOutlines, firstRow, hidden, outlineColour } from "./map";
import { featureValues } from "./order";
import { classes, rejectClass } from "./project";
import { crowd } from "./selection";

/** Numbers that the outlines are coloured by, or null for decisions and predictions. */
export const numberScale = computed<NumberScale | null>(() => {
  const by = colourBy.value;
  if (by === "decision" || by === "prediction") return null;
  if (by === "probability") return { values: labels.value.probability, least: 0, most: 1 };
  const values = featureValues(by);
  if (!values) return null;
  const { black, white } = quantileLevels(values, 0.02, 0.98);
  return { values, least: black, most: white };
});

let before: Appearance | null = null;

/** The same object as long as nothing looks different. */
export const appearance = computed<Appearance | null>(() => {
  const now = looks();
  const same = before && now && differences(before, now)?.length === 0;
  if (!same) before = now;
  return before;
});

function looks(): Appearance | null {
  const count = currentOutlines.value?.count;
  const { decided, predicted } = labels.value;
  if (count === undefined || !decided.length) return null;
  const by = colourBy.value === "prediction" ? "prediction" : "decision";
  return appearanceOf({
    count,
    first: firstRow.value,
    classes: classes.value,
    reject: rejectClass.value,
    decided,
    predicted,
    by: numberScale.value ?? by,
    one: ONE_COLOURS[outlineColour.value] ?? null,
    hide: hidden.value,
    selected: crowd.value,
  });
}
