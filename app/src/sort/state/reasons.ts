/** Which features speak for a prediction; asking for them ends blindness for that candidate. */

import { effect, signal } from "@preact/signals";
import { getExplanation } from "../../api/routes";
import type { Explanation } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { currentRow } from "./current";
import { decisionOf, predictionsShown, UNDECIDED } from "./labels";

export const explanation = signal<Explanation | null>(null);

/** The candidate whose reasons were asked for once, while they would have ended its blindness. */
let warnedOf = -1;

effect(() => {
  currentRow.value;
  explanation.value = null;
  warnedOf = -1;
});

/** Fetch the reasons; of a candidate not judged yet only when asked twice. */
export async function explainCurrent(): Promise<void> {
  const row = currentRow.value;
  const blind = decisionOf(row) === UNDECIDED && !predictionsShown.value;
  if (blind && warnedOf !== row) {
    warnedOf = row;
    note("The reasons give the prediction away: your answer will not count as blind. Ask again to see them.");
    return;
  }
  try {
    const found = await getExplanation(annotator.value, row);
    if (currentRow.value === row) explanation.value = found;
  } catch (problem) {
    report(problem);
  }
}
