/** While practising, in the queue's place: what was answered, and at the end the mistakes. */

import { ActionButton } from "../../frame/views/action-button";
import { isRight, type Practised } from "../practice-score";
import { currentRow, show } from "../state/current";
import { numberOf } from "../state/labels";
import { nameOf } from "../state/names";
import { mistakes, practiceEnded, practiceScore, practiceSource, practised } from "../state/practice";
import { scoreText } from "./practice-bar";
import { Runs } from "./practice-dialog";
import { StateMark } from "./state-mark";

export function PracticeList() {
  const answered = practised.value.filter(({ known }) => known !== null);
  return (
    <>
      <div class="panel-head">
        <h3>Practice</h3>
        <span class="hint" title={`The known answers are those of ${practiceSource.value}`}>
          {answered.length} of {practised.value.length}
        </span>
        <span class="spring" />
        <ActionButton action="practice" class="quiet" showKey>
          leave
        </ActionButton>
      </div>
      {practiceEnded.value ? <Summary /> : <Answered questions={[...answered].reverse()} />}
    </>
  );
}

function Summary() {
  const { asked, right } = practiceScore.value;
  return (
    <>
      <p class="advice" role="status">
        Finished: {Math.round((100 * right) / asked)} %. {scoreText()}.
      </p>
      <h3>{mistakes.value.length ? "Look at these again: the known answers" : "No mistake"}</h3>
      <Answered questions={mistakes.value} />
      <Runs />
    </>
  );
}

function Answered({ questions }: { readonly questions: readonly Practised[] }) {
  return (
    <ul class="queue">
      {questions.map((question) => (
        <li key={question.row}>
          <button
            type="button"
            title="Look at it again"
            aria-current={question.row === currentRow.value}
            onClick={() => show(question.row)}
          >
            <span class="name">{nameOf(question.row)}</span>
            <StateMark decision={numberOf(question.known ?? "")} word />
            <span class="hint">{isRight(question) ? "right" : `you said ${question.said}`}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
