/** What the outlines' colours and lines mean, and what the pointer is on. */

import { keyOf } from "../../frame/actions";
import { cssOf, RAMPS } from "../../draw/colours";
import { DASHES, DOTTED, isThick, THIN } from "../../draw/raster";
import { styleOfClass } from "../appearance";
import { counts, decisionOf, predictionsShown, SKIPPED, UNDECIDED, UNSURE, wordOf } from "../state/labels";
import { numberScale } from "../state/looks";
import { colourBy, hidden, recording } from "../state/map";
import { nameOf } from "../state/names";
import { classes, rejectClass } from "../state/project";
import { colourOf } from "./state-mark";
import { pointedAt } from "./map-pointer";

export function MapLegend() {
  return (
    <div class="legend">
      {numberScale.value ? <NumberLegend /> : <DecisionLegend />}
      <Pointed />
    </div>
  );
}

function DecisionLegend() {
  const { each, unsure, skipped, undecided } = counts.value;
  const entries: [number, number][] = [
    ...classes.value.map((_, index): [number, number] => [index, each[index] ?? 0]),
    [UNDECIDED, undecided],
    ...(unsure ? [[UNSURE, unsure] as [number, number]] : []),
    ...(skipped ? [[SKIPPED, skipped] as [number, number]] : []),
  ];
  const machine = colourBy.value === "prediction";
  return (
    <ul>
      {entries.map(([decision, count]) => (
        <li key={decision}>
          <LineSample decision={decision} /> {wordOf(decision)} {count.toLocaleString("en")}
          {isHidden(decision) && " (hidden)"}
        </li>
      ))}
      {machine && <li>{predictionsShown.value ? `thin: predicted, dotted: predicted ${wordOf(rejectClass.value)}` : `predictions hidden until judged (${keyOf("reveal")})`}</li>}
    </ul>
  );
}

/** Whether the map leaves out what was decided so. */
function isHidden(decision: number): boolean {
  const { accepted, rejected, decided } = hidden.value;
  if (decision === UNDECIDED) return false;
  return decided || (decision >= 0 && (decision === rejectClass.value ? rejected : accepted));
}

function LineSample({ decision }: { readonly decision: number }) {
  const style =
    decision >= 0 ? styleOfClass(decision, rejectClass.value) : decision === UNDECIDED ? THIN : DOTTED;
  const width = isThick(style) ? 3 : 1.8;
  return (
    <svg class="line-sample" viewBox="0 0 22 8" aria-hidden="true">
      <path
        d="M0 4h22"
        stroke={colourOf(decision)}
        stroke-width={width}
        stroke-dasharray={DASHES[style]?.map((length) => length * (isThick(style) ? 2 : 1)).join(" ")}
      />
    </svg>
  );
}

function NumberLegend() {
  const scale = numberScale.value;
  if (!scale) return null;
  const stops = RAMPS.viridis.map((colour) => cssOf(colour)).join(", ");
  return (
    <div class="scale">
      <span>{format(scale.least)}</span>
      <span class="ramp" style={{ background: `linear-gradient(to right, ${stops})` }} />
      <span>{format(scale.most)}</span>
      <span>
        {colourBy.value}
        {colourBy.value === "probability" && !predictionsShown.value ? " (judged ones only)" : ""}
      </span>
    </div>
  );
}

function Pointed() {
  const row = pointedAt.value;
  if (row < 0 || !recording.value) return null;
  return (
    <span class="pointed">
      {nameOf(row)}: {wordOf(decisionOf(row))}
    </span>
  );
}

function format(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
