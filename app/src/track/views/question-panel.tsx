/** Which point is in question, why, and the answers. */

import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { NOBODY } from "../api";
import { markOf, WORDS } from "../marks";
import { draft, keypoint, place, question } from "../state/current";
import { isDeep, names } from "../state/project";
import { exhausted, queue } from "../state/questions";
import { isShown, shown } from "../state/shown";
import { MarkSample } from "./mark";
import { ReferenceLook } from "./reference-look";

export function QuestionPanel() {
  return (
    <section class="evidence point" aria-label="Question and answer">
      <div class="question" aria-live="polite">
        <div class="question-line">
          <h2>{title()}</h2>
          <span class="spring" />
          {place.value && (
            <span class="hint number" title={`${isDeep.value ? "z, " : ""}y, x in pixels`}>
              {place.value.slice(isDeep.value ? 0 : 1).map((one) => one.toFixed(1)).join(", ")}
            </span>
          )}
        </div>
        <p class="reason" title={reason()}>
          {reason()}
        </p>
        <State />
      </div>
      <ReferenceLook />
      <Answers />
    </section>
  );
}

function title(): string {
  return keypoint.value < 0 ? "No point is chosen" : `Where is ${names.value[keypoint.value]}?`;
}

function reason(): string {
  if (question.value && isSaid()) return `You have answered; ${keyOf("go.question")} takes the next question`;
  if (question.value) return `Asked: ${question.value.reason}`;
  if (keypoint.value >= 0) return "Chosen by you: click where it is, Esc to leave it";
  if (exhausted.value && !queue.value.length) return "Nothing is left to ask; click a point to choose it";
  return "Take the next question, or click a point to choose it";
}

function isSaid(): boolean {
  return isShown.value && (shown.value?.points.said[keypoint.value] ?? NOBODY) !== NOBODY;
}

/** What is known of the point here. */
function State() {
  const points = shown.value?.points;
  if (keypoint.value < 0 || !points || !isShown.value) return <p class="point-state">&nbsp;</p>;
  const mark = markOf(points, keypoint.value);
  const score = points.score[keypoint.value] as number;
  return (
    <p class="point-state">
      <MarkSample mark={mark} />
      <span>{draft.value ? "moved by keys; Enter says it is there" : WORDS[mark]}</span>
      {mark !== "said" && Number.isFinite(score) && <span class="hint number">score {score.toFixed(2)}</span>}
    </p>
  );
}

function Answers() {
  return (
    <div class="decisions" role="group" aria-label="Your answer">
      <div class="answers points">
        <ActionButton action="answer.right" class="answer" showKey>
          <Icon name="accept" />
          <span>{draft.value ? "it is here" : "it is there"}</span>
        </ActionButton>
        <ActionButton action="answer.hidden" class="answer" showKey>
          <span>hidden</span>
        </ActionButton>
        <ActionButton action="answer.unsure" class="answer small" showKey>
          <Icon name="unsure" />
          <span>unsure</span>
        </ActionButton>
        <ActionButton action="answer.skip" class="answer small" showKey>
          <Icon name="skip" />
          <span>skip</span>
        </ActionButton>
        <ActionButton action="confirm" class="answer whole" showKey>
          <span>frame is right</span>
        </ActionButton>
        <ActionButton action="undo" class="answer bare">
          <Icon name="undo" />
        </ActionButton>
        <ActionButton action="redo" class="answer bare">
          <Icon name="redo" />
        </ActionButton>
      </div>
    </div>
  );
}
