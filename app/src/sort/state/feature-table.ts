/** All features of all candidates, fetched only where features are all that there is. */

import { signal } from "@preact/signals";
import { getFeatures } from "../../api/routes";
import { report } from "../../frame/notices";
import { candidateCount, project } from "./project";

export interface FeatureTable {
  readonly value: (row: number, column: number) => number;
  /** Share of all candidates whose value is smaller. */
  readonly shareBelow: (row: number, column: number) => number;
}

export const featureTable = signal<FeatureTable | null>(null);

export async function fetchFeatureTable(): Promise<void> {
  const names = project.value?.features ?? [];
  if (featureTable.value || !names.length) return;
  try {
    featureTable.value = tableOf(await getFeatures(names), names.length, candidateCount.value);
  } catch (problem) {
    report(problem);
  }
}

function tableOf(values: Float32Array, columns: number, rows: number): FeatureTable {
  const value = (row: number, column: number) => values[row * columns + column] ?? NaN;
  const shareBelow = (row: number, column: number) => {
    const own = value(row, column);
    let below = 0;
    for (let other = 0; other < rows; other++) if (value(other, column) < own) below += 1;
    return below / Math.max(rows, 1);
  };
  return { value, shareBelow };
}
