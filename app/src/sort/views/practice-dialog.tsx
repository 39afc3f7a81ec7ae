/** Whose answers to practise on, and how many; and how earlier runs went. */

import { useSignal } from "@preact/signals";
import type { PracticeRun } from "../../api/practice";
import { plural } from "../../frame/words";
import { Choice } from "../../frame/views/choice";
import { Dialog } from "../../frame/views/dialog";
import { Range } from "../../frame/views/range";
import { foundText } from "../practice-score";
import { beginPractice, practice } from "../state/practice";

const USUAL = 20;
const MOST = 100;
const RUNS_SHOWN = 8;

export function PracticeDialog() {
  return (
    <Dialog name="practice" title="Practice">
      <PracticeForm />
    </Dialog>
  );
}

function PracticeForm() {
  const source = useSignal("");
  const number = useSignal(USUAL);
  const { sources } = practice.value;
  const chosen = sources.find(({ annotator }) => annotator === source.value) ?? sources[0];
  if (!chosen) {
    return (
      <>
        <p>There is nothing to practise on: nobody else has judged a candidate that you have not.</p>
        <Runs />
      </>
    );
  }
  const there = Object.values(chosen.counts).reduce((sum, count) => sum + count, 0);
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void beginPractice(chosen.annotator, number.value);
      }}
    >
      <p class="hint">
        Answer candidates that somebody else has judged, and see at once whether you concur. Nothing
        that you answer is recorded or trains the machine. A candidate whose known answer you have
        seen no longer counts as judged blindly when you judge it later.
      </p>
      <Choice
        label="Known answers of"
        hint="Whose answers are taken as right"
        value={chosen.annotator}
        options={sources.map(({ annotator, counts }) => ({
          value: annotator,
          text: `${annotator} (${Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(", ")})`,
        }))}
        change={(value) => (source.value = value)}
      />
      <Range
        label="Questions"
        hint="How many to answer; as many of each class as there are"
        least={5}
        most={MOST}
        step={5}
        value={number.value}
        change={(value) => (number.value = value)}
      />
      {there < number.value && <p class="hint">There are {plural(there, "candidate")} only.</p>}
      <Runs />
      <div class="form-end">
        <button type="submit" class="primary" title="Begin to practise (Enter)" autoFocus>
          Begin
        </button>
      </div>
    </form>
  );
}

/** Scores of the runs that were finished, latest first. */
export function Runs() {
  const runs = [...practice.value.runs].reverse().slice(0, RUNS_SHOWN);
  if (!runs.length) return null;
  return (
    <table class="runs">
      <caption>Your finished runs</caption>
      <thead>
        <tr>
          <th scope="col">when</th>
          <th scope="col">right</th>
          <th scope="col">of each class</th>
          <th scope="col">known answers of</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.client_id}>
            <td>{new Date(run.finished_utc).toLocaleString("en", { dateStyle: "medium", timeStyle: "short" })}</td>
            <td>{foundText(run)}</td>
            <td>{classText(run)}</td>
            <td>{run.source}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function classText({ classes }: PracticeRun): string {
  return Object.entries(classes)
    .filter(([, { asked }]) => asked)
    .map(([name, found]) => `${foundText(found)} ${name}`)
    .join(", ");
}
