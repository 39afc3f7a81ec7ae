/** How far the sorting has come, and what going on would bring. */

import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { counts, predictionsShown, revealing, SKIPPED, UNDECIDED, UNSURE } from "../state/labels";
import { candidateCount, classes, project } from "../state/project";
import { selection, addToSelection } from "../state/selection";
import { session } from "../state/session";
import { predictedRows } from "../state/predictions";
import { ProgressBar } from "./progress-bar";
import { StateMark } from "./state-mark";

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
          name="sure of"
          hint="Share of the undecided whose likeliest class has at least 0.75"
          value={state?.sure}
        />
        <Estimate
          name="expected precision"
          hint="Of the labels as they stand: yours, and the machine's for the rest"
          value={state?.precision}
        />
        <Estimate
          name="expected recall"
          hint="Of the labels as they stand: yours, and the machine's for the rest"
          value={state?.recall}
        />
        <Estimate
          name="threshold"
          hint="Probability above which the machine accepts"
          value={state?.threshold}
          plain
        />
      </dl>
      <p class="advice" role="status">
        {state?.advice}
      </p>
      <Rest />
      <Warnings />
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

/** Look at the predictions of the rest, and accept them. */
function Rest() {
  return (
    <>
      <h3>The rest</h3>
      <p class="hint">
        Exports carry the machine's label for what you have not judged. Look at its predictions
        before; answers given while they are shown do not count as blind.
      </p>
      <ActionButton action="reveal" pressed={revealing.value} showKey>
        <Icon name="eye" /> {revealing.value ? "Hide predictions" : "Preview predictions"}
      </ActionButton>
      {predictionsShown.value && (
        <div class="bulk">
          {classes.value.map((name, index) => (
            <button
              key={name}
              type="button"
              title={`Select every undecided candidate that is predicted ${name}; then answer for all`}
              onClick={() => addToSelection(predictedRows(index))}
            >
              Select predicted {name} ({predictedRows(index).length.toLocaleString("en")})
            </button>
          ))}
          {selection.value.size > 0 && (
            <p class="hint">Now answer below: it goes to all {selection.value.size} selected.</p>
          )}
        </div>
      )}
    </>
  );
}

function Warnings() {
  const recordings = project.value?.recordings ?? [];
  const said = recordings.flatMap(({ name, warnings, notes }) =>
    [...warnings, ...notes].map((text) => `${name}: ${text}`),
  );
  if (!said.length) return null;
  return (
    <>
      <h3>About the recordings</h3>
      <ul class="hint">
        {said.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}
