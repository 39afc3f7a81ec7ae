/** The answers. */

import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { findAction, shownKeys } from "../../frame/actions";
import { currentRow } from "../state/current";
import { decisionOf, labels, SKIPPED, UNSURE } from "../state/labels";
import { acceptClass, classes, rejectClass } from "../state/project";
import { selection } from "../state/selection";
import { colourOf, iconOf } from "./state-mark";

export function DecisionBar() {
  const many = selection.value.size;
  labels.value;
  const decision = many ? null : decisionOf(currentRow.value);
  return (
    <div class={many ? "decisions many" : "decisions"} role="group" aria-label="Your decision">
      {many > 0 && (
        <p class="selected-note" role="status">
          <strong>{many.toLocaleString("en")} selected</strong>: the next answer goes to all of them.
          <ActionButton action="select.none" class="quiet">
            clear
          </ActionButton>
        </p>
      )}
      <div class="answers">
        <div class="classes">
          {classes.value.map((name, index) => (
            <ActionButton
              key={name}
              action={`decide.class.${index}`}
              class="answer"
              pressed={decision === index}
            >
              <span class="mark" style={{ color: colourOf(index) }}>
                <Icon name={iconOf(index)} />
              </span>
              <span class="class-name">{name}</span>
              <kbd>{keysOfClass(index)}</kbd>
            </ActionButton>
          ))}
        </div>
        <div class="others">
          <ActionButton action="decide.unsure" class="answer small" pressed={decision === UNSURE} showKey>
            <span class="mark" style={{ color: colourOf(UNSURE) }}>
              <Icon name="unsure" />
            </span>
            <span>unsure</span>
          </ActionButton>
          <ActionButton action="decide.skip" class="answer small" pressed={decision === SKIPPED} showKey>
            <span class="mark">
              <Icon name="skip" />
            </span>
            <span>skip</span>
          </ActionButton>
        </div>
        <div class="others">
          <ActionButton action="undo" class="answer bare">
            <Icon name="undo" />
          </ActionButton>
          <ActionButton action="redo" class="answer bare">
            <Icon name="redo" />
          </ActionButton>
        </div>
      </div>
    </div>
  );
}

/** The keys of a class: its number, and the arrow of accepting or rejecting. */
function keysOfClass(index: number): string {
  const ids = [`decide.class.${index}`];
  if (index === acceptClass.value) ids.unshift("decide.accept");
  if (index === rejectClass.value) ids.unshift("decide.reject");
  return ids.flatMap((id) => shownKeys(findAction(id)).slice(0, 1)).join(" ");
}
