/** How far the sorting has come, and what going on would bring. */

import { ActionButton } from "../../frame/views/action-button";
import { counts, SKIPPED, UNDECIDED, UNSURE } from "../state/labels";
import { candidateCount, classes, isTwoClass } from "../state/project";
import { session } from "../state/session";
import { OwnAgreement } from "./own-agreement";
import { ProgressBar } from "./progress-bar";
import { StateMark } from "./state-mark";
import { TheRest } from "./the-rest";

export function ProgressTab() {
  const { each, unsure, skipped, undecided } = counts.value;
  const state = session.value;
  return (
    <>
      <ProgressBar />
      <dl class="figures">
        {classes.value.map((name, index) => (
          <Figure key={name} decision={index} count={each[index] ?? 0} />
        ))}
        <Figure decision={UNSURE} count={unsure} />
        <Figure decision={SKIPPED} count={skipped} />
        <Figure decision={UNDECIDED} count={undecided} />
      </dl>
      <h3>The machine so far</h3>
      <dl class="figures">
        <Estimate
          name="sure of the rest"
          hint="Share of what you have not judged whose likeliest class has a probability of 0.75 or more"
          value={state?.sure}
        />
        {isTwoClass.value && <OfCells />}
      </dl>
      {state?.advice && (
        <p class="advice" role="status">
          {state.advice}
        </p>
      )}
      <TheRest />
      <OwnAgreement />
      <ActionButton action="practice" showKey>
        Practise
      </ActionButton>
    </>
  );
}

/** What is told of cells against all else. */
function OfCells() {
  const state = session.value;
  return (
    <>
      <Estimate
        name="expected precision"
        hint="Share of true cells among all labelled cells, yours counted as right; by the machine's own probabilities, only an audit measures it"
        value={state?.precision}
      />
      <Estimate
        name="expected recall"
        hint="Share of all true cells that are labelled cells, yours counted as right; by the machine's own probabilities, only an audit measures it"
        value={state?.recall}
      />
      <Estimate
        name="threshold"
        hint="Probability above which the machine accepts"
        value={state?.threshold}
        plain
      />
    </>
  );
}

function Figure({ decision, count }: { readonly decision: number; readonly count: number }) {
  const share = candidateCount.value ? (100 * count) / candidateCount.value : 0;
  return (
    <div>
      <dt>
        <StateMark decision={decision} word />
      </dt>
      <dd>
        {count.toLocaleString("en")} <span class="hint">{share.toFixed(1)} %</span>
      </dd>
    </div>
  );
}

interface EstimateProps {
  readonly name: string;
  readonly hint: string;
  readonly value: number | null | undefined;
  readonly plain?: boolean;
}

function Estimate({ name, hint, value, plain = false }: EstimateProps) {
  const known = value !== null && value !== undefined && Number.isFinite(value);
  return (
    <div title={hint}>
      <dt>{name}</dt>
      <dd>{known ? (plain ? value.toFixed(2) : `${(100 * value).toFixed(1)} %`) : "not yet"}</dd>
    </div>
  );
}
