/** Predictions of two classes as another threshold would have them. */

import type { Labels } from "../api/routes";

/** What is hidden stays hidden. */
export function relabelled(labels: Labels, threshold: number): Labels {
  // The server compares single-precision numbers.
  const limit = Math.fround(threshold);
  const predicted = labels.predicted.map((label, row) =>
    label < 0 ? label : Number((labels.probability[row] as number) > limit),
  );
  return { ...labels, predicted };
}
