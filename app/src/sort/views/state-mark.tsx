/** A decision as shape and colour; the word stands beside it, or is its label. */

import { cssOf } from "../../draw/colours";
import { Icon, type IconName } from "../../frame/views/icon";
import { classColour, placeAmongAccepted, UNDECIDED_COLOUR, UNSURE_COLOUR } from "../appearance";
import { SKIPPED, UNSURE, wordOf } from "../state/labels";
import { rejectClass } from "../state/project";

interface StateMarkProps {
  readonly decision: number;
  /** Whether its word is written, too. */
  readonly word?: boolean;
}

export function StateMark({ decision, word = false }: StateMarkProps) {
  const name = wordOf(decision);
  return (
    <span class="state-mark" title={word ? undefined : name}>
      <span class="mark" style={{ color: colourOf(decision) }}>
        <Icon name={iconOf(decision)} />
      </span>
      <span class={word ? undefined : "unseen"}>{name}</span>
    </span>
  );
}

export function colourOf(decision: number): string {
  if (decision >= 0) return cssOf(classColour(decision, rejectClass.value));
  return cssOf(decision === UNSURE ? UNSURE_COLOUR : UNDECIDED_COLOUR);
}

/** One shape for each class: colour alone tells nothing to many. */
const ACCEPTED_ICONS: readonly IconName[] = ["accept", "diamond", "square", "triangle", "star", "plus"];

export function iconOf(decision: number): IconName {
  if (decision === rejectClass.value) return "reject";
  if (decision >= 0) {
    const place = placeAmongAccepted(decision, rejectClass.value);
    return ACCEPTED_ICONS[place % ACCEPTED_ICONS.length] as IconName;
  }
  if (decision === UNSURE) return "unsure";
  return decision === SKIPPED ? "skip" : "undecided";
}
