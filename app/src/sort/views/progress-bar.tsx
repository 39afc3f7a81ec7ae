/** How many candidates are decided, and how. */

import { counts } from "../state/labels";
import { candidateCount, classes } from "../state/project";
import { colourOf } from "./state-mark";

export function ProgressBar() {
  const { each, unsure } = counts.value;
  const all = Math.max(candidateCount.value, 1);
  const decided = each.reduce((sum, count) => sum + count, 0);
  const width = (count: number) => ({ width: `${(100 * count) / all}%` });
  const words = classes.value.map((name, index) => `${each[index] ?? 0} ${name}`).join(", ");
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label="Decided"
      aria-valuemin={0}
      aria-valuemax={all}
      aria-valuenow={decided}
      title={`${words}, ${unsure} unsure, of ${all.toLocaleString("en")}`}
    >
      {each.map((count, index) => (
        <span key={index} style={{ ...width(count), background: colourOf(index) }} />
      ))}
      <span style={{ ...width(unsure), background: colourOf(-2) }} />
    </div>
  );
}
