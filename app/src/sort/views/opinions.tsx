/** What annotators and the machine say of the candidate, side by side, in review. */

import { annotator } from "../../frame/annotator";
import { StateMark } from "./state-mark";
import { decisionOf, numberOf, UNDECIDED } from "../state/labels";
import { currentDisagreement } from "../state/review";

export function Opinions() {
  const found = currentDisagreement.value;
  if (!found) return null;
  const own = decisionOf(found.row);
  const others = found.said.filter((one) => one.annotator !== annotator.value);
  const { machine, majority } = found;
  return (
    <dl class="opinions" aria-label="Who said what">
      <Opinion name={`${annotator.value} (you)`} decision={own} />
      {others.map((one) => (
        <Opinion key={one.annotator} name={one.annotator} decision={one.verdict ? numberOf(one.verdict) : UNDECIDED} note={one.note} />
      ))}
      {majority !== null && others.length > 1 && <Opinion name="majority" decision={numberOf(majority)} />}
      {machine && <Opinion name="machine" decision={numberOf(machine.verdict)} number={machine.probability} />}
    </dl>
  );
}

interface OpinionProps {
  readonly name: string;
  readonly decision: number;
  readonly note?: string;
  readonly number?: number;
}

function Opinion({ name, decision, note = "", number }: OpinionProps) {
  return (
    <div title={note ? `${name} noted: ${note}` : undefined}>
      <dt>{name}</dt>
      <dd>
        <StateMark decision={decision} word /> {number !== undefined && <span class="number">{number.toFixed(2)}</span>}
        {note && <span class="hint">“{note}”</span>}
      </dd>
    </div>
  );
}
