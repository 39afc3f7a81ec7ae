/** Labels in which some candidates look as though they had never been judged. */

import type { Labels } from "../api/routes";

const NONE = -1;

export function unjudged(labels: Labels, rows: ReadonlySet<number>, predictionsShown: boolean): Labels {
  if (!rows.size) return labels;
  const decided = labels.decided.slice();
  for (const row of rows) decided[row] = NONE;
  if (predictionsShown) return { ...labels, decided };
  const predicted = labels.predicted.slice();
  const probability = labels.probability.slice();
  for (const row of rows) {
    predicted[row] = NONE;
    probability[row] = NaN;
  }
  return { ...labels, decided, predicted, probability };
}
