/** What the machine says of the undecided, while that is shown. */

import { labels, UNDECIDED } from "./labels";

/** Undecided rows that are predicted to be of a class. */
export function predictedRows(index: number): readonly number[] {
  const { decided, predicted } = labels.value;
  const rows: number[] = [];
  for (let row = 0; row < decided.length; row++) {
    if (decided[row] === UNDECIDED && predicted[row] === index) rows.push(row);
  }
  return rows;
}
