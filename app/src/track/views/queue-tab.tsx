/** What comes next, and why. */

import { ActionButton } from "../../frame/views/action-button";
import { names } from "../state/project";
import { exhausted, open, queue } from "../state/questions";

export function QueueTab() {
  return (
    <>
      <div class="panel-head">
        <h3>Next</h3>
        <span class="spring" />
        <ActionButton action="go.before" class="quiet" showKey>
          before
        </ActionButton>
        <ActionButton action="go.question" class="quiet" showKey>
          next
        </ActionButton>
      </div>
      <ol class="queue">
        {queue.value.map((question) => (
          <li key={question.item}>
            <button type="button" title={question.reason} onClick={() => open(question)}>
              <span class="name">{names.value[question.keypoint]}</span>
              <span class="hint">frame {question.frame}: {question.reason}</span>
            </button>
          </li>
        ))}
      </ol>
      {!queue.value.length && (
        <p class="hint">{exhausted.value ? "Nothing is left to ask." : "Choosing questions …"}</p>
      )}
    </>
  );
}
