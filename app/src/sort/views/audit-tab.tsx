/** Audits: begin one, go on with one, answer it, see what it says. */

import { useEffect } from "preact/hooks";
import type { AuditProgress, Audits } from "../../api/checks";
import { annotator } from "../../frame/annotator";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { plural } from "../../frame/words";
import { auditReport, audits, continueAudit, fetchAudits, fetchReport, labelsOf, questionsWanted } from "../state/audit";
import { openRows, sheet } from "../state/audit-sheet";
import { currentRow } from "../state/current";
import { nameOf } from "../state/names";
import { isTwoClass, project } from "../state/project";
import { effortText } from "../effort";
import { AuditReportView } from "./audit-report";

export function AuditTab() {
  useEffect(() => void fetchAudits(), []);
  if (sheet.value) return <Going />;
  if (!isTwoClass.value) return <p class="hint">An audit needs two classes, a cell and not a cell; this project has more.</p>;
  const about = audits.value;
  return (
    <>
      <p class="hint">
        An audit measures the labels: you judge a random sample of what the machine decided, without seeing what it
        said. Precision and recall come with bounds, of the labels as they stand now.
      </p>
      {auditReport.value && <AuditReportView report={auditReport.value} />}
      {about ? <Choose about={about} /> : <p class="hint">Fetching audits …</p>}
    </>
  );
}

/** While its questions are answered. */
function Going() {
  const { name = "", questions = [] } = sheet.value ?? {};
  const done = questions.length - openRows.value.length;
  const [next] = openRows.value;
  return (
    <>
      <h3>{name}</h3>
      <p role="status">
        {done.toLocaleString("en")} of {plural(questions.length, "question")} answered
      </p>
      <progress max={questions.length} value={done} aria-label="Answered" title={`${done} of ${questions.length} answered`} />
      <p class="hint">
        {next === undefined
          ? "All are answered. Stop the audit to see what it says."
          : next === currentRow.value
            ? "Answer with the usual keys; unsure is an answer, too. Undo takes an answer back."
            : `The next question is ${nameOf(next)}.`}
      </p>
      <p class="hint">No prediction is shown until you stop. You can stop at any time and go on later: fewer answers give wider bounds, nothing else.</p>
      <div class="bulk">
        <ActionButton action="audit.next" showKey>
          next question
        </ActionButton>
        <ActionButton action="audit.stop" showKey>
          {next === undefined ? "finish" : "stop for now"}
        </ActionButton>
      </div>
    </>
  );
}

function Choose({ about }: { readonly about: Audits }) {
  const unfinished = about.audits.filter((one) => !one.trouble && one.said < one.drawn);
  return (
    <>
      <h3>New audit</h3>
      <WhoseLabels />
      <label class="field" title="How many candidates to judge; more give narrower bounds">
        <span>Questions</span>
        <input
          type="number"
          min={1}
          max={10000}
          value={questionsWanted.value}
          onChange={(event) => {
            const number = event.currentTarget.valueAsNumber;
            if (Number.isInteger(number) && number >= 1 && number <= 10000) questionsWanted.value = number;
            else event.currentTarget.value = String(questionsWanted.value);
          }}
        />
      </label>
      <p class="hint">{effortText(labelsOf.value ? questionsWanted.value : Math.min(questionsWanted.value, about.to_audit), about.seconds_per_answer)}</p>
      {about.seen > 0 && (
        <p class="outcome error">
          You have seen the predictions of {about.seen.toLocaleString("en")} of the {about.to_audit.toLocaleString("en")}{" "}
          candidates that may be drawn; answers on these do not count as blind. Somebody else's audit would.
        </p>
      )}
      <ActionButton action="audit.begin" class="primary" showKey>
        Begin
      </ActionButton>
      {unfinished.length > 0 && <h3>Not finished</h3>}
      {unfinished.map((one) => (
        <Row key={one.name} audit={one} />
      ))}
      {about.audits.length > unfinished.length && <h3>Finished</h3>}
      {about.audits.filter((one) => !unfinished.includes(one)).map((one) => (
        <Row key={one.name} audit={one} />
      ))}
    </>
  );
}

function WhoseLabels() {
  const others = (project.value?.annotators ?? []).filter((name) => name !== annotator.value);
  if (!others.length) return null;
  return (
    <Choice
      label="Labels of"
      hint="Whose final labels are measured; you judge the sample"
      value={labelsOf.value}
      options={[{ value: "", text: `${annotator.value} (you)` }, ...others.map((name) => ({ value: name, text: name }))]}
      change={(name) => (labelsOf.value = name)}
    />
  );
}

function Row({ audit }: { readonly audit: AuditProgress }) {
  const { name, trouble, of, drawn, said, accepted } = audit;
  if (trouble) return <p class="outcome error">{trouble}</p>;
  const whose = of === annotator.value || !of ? "your" : `${of}'s`;
  return (
    <div class="pair">
      <span>
        <strong>{name}</strong>: {said} of {drawn} answered, {whose} {accepted ? "accepted " : ""}labels
      </span>
      <div class="bulk">
        {said < drawn && (
          <button type="button" title="Go on with its next question" onClick={() => void continueAudit(name)}>
            go on
          </button>
        )}
        {said > 0 && (
          <button type="button" title="What the answers so far say" onClick={() => void fetchReport(name)}>
            report
          </button>
        )}
      </div>
    </div>
  );
}
