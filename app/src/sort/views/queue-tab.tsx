/** What comes next and why, and what was judged last. */

import type { Question } from "../../api/types";
import { ActionButton } from "../../frame/views/action-button";
import { shortReason } from "../short-reason";
import { recent } from "../state/acts";
import { currentRow, show } from "../state/current";
import { decisionOf, labels, UNDECIDED, wordOf } from "../state/labels";
import { nameOf } from "../state/names";
import { ask, exhausted, queue } from "../state/questions";
import { practising } from "../state/practice";
import { session } from "../state/session";
import { PracticeList } from "./practice-list";
import { StateMark } from "./state-mark";

export function QueueTab() {
  return practising.value ? <PracticeList /> : <Queue />;
}

function Queue() {
  return (
    <>
      <div class="panel-head">
        <h3>Next</h3>
        <span class="hint">{strategyText()}</span>
        <span class="spring" />
        <ActionButton action="go.suggestion" class="quiet" showKey>
          next
        </ActionButton>
      </div>
      <ol class="queue">
        {queue.value.map((question) => (
          <li key={question.row}>
            <button type="button" title={question.reason} onClick={() => open(question)}>
              <span class="name">{nameOf(question.row)}</span>
              <span class="hint">{shortReason(question.reason)}</span>
            </button>
          </li>
        ))}
      </ol>
      {!queue.value.length && (
        <p class="hint">{exhausted.value ? "Nothing is left to ask." : "Choosing questions …"}</p>
      )}
      <Recent />
    </>
  );
}

function open(question: Question): void {
  ask(question);
  show(question.row);
}

function Recent() {
  const { predicted, probability } = labels.value;
  const judged = recent.value.filter((row) => decisionOf(row) !== UNDECIDED);
  if (!judged.length) return null;
  return (
    <>
      <div class="panel-head">
        <h3>Judged last</h3>
        <span class="spring" />
        <ActionButton action="undo" class="quiet" showKey>
          undo
        </ActionButton>
      </div>
      <ul class="queue">
        {judged.map((row) => (
          <li key={row}>
            <button
              type="button"
              class="recent"
              aria-current={row === currentRow.value}
              title="Look at it again"
              onClick={() => show(row)}
            >
              <span class="name">{nameOf(row)}</span>
              <StateMark decision={decisionOf(row)} word />
              <Machine predicted={predicted[row] ?? -1} probability={probability[row] ?? NaN} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface MachineProps {
  readonly predicted: number;
  readonly probability: number;
}

function Machine({ predicted, probability }: MachineProps) {
  if (predicted < 0) return null;
  return (
    <span class="hint" title={`The machine says ${wordOf(predicted)}, ${probability.toFixed(3)}`}>
      <StateMark decision={predicted} /> {probability.toFixed(2)}
    </span>
  );
}

function strategyText(): string {
  const settings = session.value?.settings;
  if (!settings) return "";
  const weighted = settings.strategy === "dcal" ? ` ${settings.weight}` : "";
  return `${settings.strategy.toUpperCase()}${weighted}`;
}
