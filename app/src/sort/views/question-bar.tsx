/** Which candidate is in question, why it was asked, and what was said of it. */

import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { candidateCount, classes, isTwoClass } from "../state/project";
import { writeNote } from "../state/acts";
import { auditing, sheet } from "../state/audit-sheet";
import { currentRow } from "../state/current";
import { decisionOf, isJudged, labels, predictionsShown, UNDECIDED } from "../state/labels";
import { notes } from "../state/notes";
import { nameOf } from "../state/names";
import { questionOf } from "../state/questions";
import { practising } from "../state/practice";
import { explanation } from "../state/reasons";
import { currentDisagreement, review } from "../state/review";
import { practiceText } from "./practice-bar";
import { StateMark } from "./state-mark";

export function QuestionBar() {
  const row = currentRow.value;
  const reason = reasonOf(row);
  return (
    <div class="question" aria-live="polite">
      <div class="question-line">
        <h2>Candidate {nameOf(row)}</h2>
        <span class="hint">
          {(row + 1).toLocaleString("en")} of {candidateCount.value.toLocaleString("en")}
        </span>
        <span class="spring" />
        <span class="chip" title="What you said of it">
          <StateMark decision={decisionOf(row)} word />
        </span>
        <Machine row={row} />
        <ActionButton action="explain" class="tool">
          <Icon name="why" />
        </ActionButton>
      </div>
      <p class="reason" title={reason}>
        {practising.value ? practiceText() : reason}
      </p>
    </div>
  );
}

/** Why it lies before the annotator. */
function reasonOf(row: number): string {
  const questions = sheet.value?.questions ?? [];
  const place = questions.findIndex((question) => question.row === row);
  if (place >= 0) return `Audit: question ${place + 1} of ${questions.length}, drawn at random`;
  const found = currentDisagreement.value;
  if (found) return `Review: disagreement ${(review.value?.rows.indexOf(found) ?? 0) + 1} of ${review.value?.rows.length}`;
  const reason = questionOf(row)?.reason;
  return reason ? `Asked: ${reason}` : "Chosen by you";
}

/** The machine's verdict, once it may be seen. */
function Machine({ row }: { readonly row: number }) {
  const predicted = labels.value.predicted[row] ?? UNDECIDED;
  const visible = !auditing.value && (predicted !== UNDECIDED || isJudged(row) || predictionsShown.value);
  if (!visible) {
    return (
      <span class="chip faint" title="The prediction is shown once you have judged">
        machine: hidden
      </span>
    );
  }
  if (predicted < 0) return <span class="chip faint">machine: none yet</span>;
  const probability = labels.value.probability[row] as number;
  const word = isTwoClass.value ? classes.value[1] : "its class";
  return (
    <span class="chip" title={`Probability of ${word}: ${probability.toFixed(3)}`}>
      machine: <StateMark decision={predicted} word /> {probability.toFixed(2)}
    </span>
  );
}

/** What speaks for the prediction, once asked for. */
export function Reasons() {
  const reasons = explanation.value;
  if (!reasons) return null;
  return (
    <div class="reasons" role="status">
      <Contributions title={`for ${reasons.predicted}`} parts={reasons.for} />
      <Contributions title={`against ${reasons.predicted}`} parts={reasons.against} />
    </div>
  );
}

interface ContributionsProps {
  readonly title: string;
  readonly parts: readonly (readonly [string, number])[];
}

function Contributions({ title, parts }: ContributionsProps) {
  return (
    <div>
      <h3>{title}</h3>
      <ul>
        {parts.map(([feature, size]) => (
          <li key={feature}>
            {feature.replaceAll("_", " ")} <span class="number">{Math.abs(size).toFixed(2)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function NoteField() {
  const row = currentRow.value;
  const kept = notes.value.get(row) ?? "";
  const keep = (element: HTMLInputElement) => {
    if (element.value.trim() !== kept) writeNote(row, element.value.trim());
  };
  return (
    <label class="note-field" title={`Write a note on this candidate (${keyOf("note")}), then Enter`}>
      <Icon name="note" />
      <span class="unseen">Note</span>
      <input
        key={row}
        id="note"
        type="text"
        placeholder="Note on this candidate"
        maxLength={2000}
        value={kept}
        onChange={(event) => keep(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.value = kept;
          if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
        }}
      />
    </label>
  );
}
