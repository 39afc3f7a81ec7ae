/** What the machine says of what the annotator has not decided, while that is shown. */

import { labels } from "./labels";

/** How many are predicted to be of a class; unsure and skipped ones too, for theirs is the machine's label. */
export function predictedCount(index: number): number {
  const { decided, predicted } = labels.value;
  let count = 0;
  for (let row = 0; row < decided.length; row++) {
    if ((decided[row] as number) < 0 && predicted[row] === index) count += 1;
  }
  return count;
}
