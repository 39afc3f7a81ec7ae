/** Disagreements, the strongest first. */

import { useEffect } from "preact/hooks";
import type { Disagreement, Review } from "../../api/checks";
import { annotator } from "../../frame/annotator";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { plural } from "../../frame/words";
import { auditing } from "../state/audit-sheet";
import { currentRow, show } from "../state/current";
import { decisionOf, numberOf } from "../state/labels";
import { nameOf } from "../state/names";
import { among, chooseAmong, fetchReview, review, withUndecided } from "../state/review";
import { StateMark } from "./state-mark";

export function ReviewTab() {
  useEffect(() => void (auditing.value || fetchReview()), []);
  if (auditing.value) return <p class="hint">An audit is going on; what others say is hidden until you stop it.</p>;
  const found = review.value;
  return (
    <>
      <Choice
        label="Between"
        hint="Whose verdicts are compared"
        value={among.value}
        options={[
          { value: "annotators", text: "annotators" },
          { value: "machine", text: "machine and me" },
        ]}
        change={(value) => chooseAmong(value === "machine" ? "machine" : "annotators")}
      />
      {found ? <Found found={found} /> : <p class="hint">Looking for disagreements …</p>}
    </>
  );
}

function Found({ found }: { readonly found: Review }) {
  const row = currentRow.value;
  useEffect(() => {
    document.querySelector(".panel-review [aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }, [row]);
  return (
    <>
      <p class="hint">{summaryText(found)}</p>
      <Hidden found={found} />
      {found.rows.length > 0 && (
        <div class="bulk">
          <ActionButton action="review.previous" showKey>
            before
          </ActionButton>
          <ActionButton action="review.next" showKey>
            next
          </ActionButton>
          <ActionButton action="review.refresh">refresh</ActionButton>
        </div>
      )}
      <ul class="queue">
        {found.rows.map((each) => (
          <li key={each.row}>
            <button
              type="button"
              title="Look at this candidate"
              aria-current={each.row === row}
              onClick={() => show(each.row)}
            >
              <span class="name">{nameOf(each.row)}</span>
              <Marks each={each} />
              <span class="hint">{strengthText(each)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

/** What would be unblinded, said before it is. */
function Hidden({ found }: { readonly found: Review }) {
  if (among.value === "machine") return null;
  if (withUndecided.value) {
    return (
      <p class="outcome">
        Candidates that you have not judged are listed: your answers on them do not count as blind.{" "}
        <ActionButton action="review.undecided" class="quiet">
          list the judged ones only
        </ActionButton>
      </p>
    );
  }
  if (!found.hidden) return null;
  return (
    <div class="pair">
      <p class="hint">
        {plural(found.hidden, "more candidate")} that you have not judged yet. If you look at what others say of them,
        your answers on them will not count as blind.
      </p>
      <ActionButton action="review.undecided" showKey>
        List them, not blind
      </ActionButton>
    </div>
  );
}

function Marks({ each }: { readonly each: Disagreement }) {
  const others = each.said.filter((one) => one.annotator !== annotator.value && one.verdict);
  return (
    <span class="marks">
      <StateMark decision={decisionOf(each.row)} />
      {among.value === "machine"
        ? each.machine && <StateMark decision={numberOf(each.machine.verdict)} />
        : others.map((one) => <StateMark key={one.annotator} decision={numberOf(one.verdict)} />)}
    </span>
  );
}

function strengthText({ strength, said }: Disagreement): string {
  if (among.value === "machine") return `against you ${strength.toFixed(2)}`;
  const classes = said.filter(({ verdict }) => numberOf(verdict) >= 0).length;
  return `${Math.round(strength * classes)} of ${classes} differ`;
}

function summaryText(found: Review): string {
  const number = plural(found.found, "disagreement");
  const listed = found.found > found.rows.length ? `, the strongest ${found.rows.length} listed` : "";
  if (among.value === "machine") return `${number}${listed} between you and the machine, which learns from you.`;
  if (found.annotators.length < 2) return "Nobody else has judged candidates of this project.";
  const { reliability } = found;
  const icc = reliability
    ? ` Reliability of one annotator (ICC): ${bounds(reliability)}, over ${plural(reliability.candidates, "candidate")} that all judged.`
    : "";
  return `${number}${listed} among ${found.annotators.join(", ")}.${icc}`;
}

function bounds({ value, low, high }: { readonly value: number | null; readonly low: number; readonly high: number }): string {
  return `${value?.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}
