/** While practising: whether the answer was right, and how it goes. */

import { ActionButton } from "../../frame/views/action-button";
import { foundText, isRight, type Practised } from "../practice-score";
import { numberOf } from "../state/labels";
import {
  practiceEnded,
  practiceQuestion,
  practiceScore,
  practised,
  practising,
} from "../state/practice";
import { acceptClass, classes, rejectClass } from "../state/project";
import { StateMark } from "./state-mark";

export function PracticeBar() {
  if (!practising.value) return null;
  const question = practiceQuestion.value;
  const told = question?.known != null;
  return (
    <div class={told ? (isRight(question) ? "practice right" : "practice wrong") : "practice"} role="status">
      {question ? <Outcome question={question} /> : <span>Not a question of this practice.</span>}
      <span class="spring" />
      {told && !practiceEnded.value && (
        <ActionButton action="go.suggestion" class="primary" showKey>
          next
        </ActionButton>
      )}
    </div>
  );
}

function Outcome({ question }: { readonly question: Practised }) {
  const { said, known } = question;
  if (said === null) return <span>What is it? Nothing that you answer now is recorded.</span>;
  if (known === null) return <span>…</span>;
  const right = isRight(question);
  return (
    <span>
      <strong>{right ? "Right." : "Wrong."}</strong> The known answer is{" "}
      <StateMark decision={numberOf(known)} word />
      {!right && (
        <>
          {" "}
          and you said <StateMark decision={numberOf(said)} word />
        </>
      )}
    </span>
  );
}

/** "Practice, 3 of 20. 2 of 2 right: 1 of 1 cell, 1 of 1 not cell". */
export function practiceText(): string {
  const question = practiceQuestion.value;
  const place = question ? practised.value.indexOf(question) + 1 : 0;
  const where = place ? `Practice, ${place} of ${practised.value.length}.` : "Practice.";
  return `${where} ${scoreText()}`;
}

/** "7 of 9 right: 4 of 4 cell, 3 of 5 not cell". */
export function scoreText(): string {
  const score = practiceScore.value;
  if (!score.asked) return "";
  const order = [acceptClass.value, rejectClass.value];
  const others = classes.value.map((_, index) => index).filter((index) => !order.includes(index));
  const each = [...order, ...others]
    .filter((index) => score.classes[index]?.asked)
    .map((index) => `${foundText(score.classes[index] ?? score)} ${classes.value[index]}`);
  return `${foundText(score)} right: ${each.join(", ")}`;
}
