/** What the machine says of the rest: looked at on the map, then accepted. */

import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { Range } from "../../frame/views/range";
import { acceptedText, sinceText } from "../accepted";
import { auditing } from "../state/audit-sheet";
import { predictionsShown, revealing } from "../state/labels";
import { predictedCount } from "../state/predictions";
import { classes } from "../state/project";
import { session } from "../state/session";
import { setThreshold, triedThreshold, tryThreshold } from "../state/threshold";
import { StateMark } from "./state-mark";

export function TheRest() {
  return (
    <>
      <h3>The rest</h3>
      <p class="hint">
        Exports carry the machine's label for what you have not judged. Preview these labels on the map; answers given
        while they are shown do not count as blind.
      </p>
      <ActionButton action="reveal" pressed={revealing.value} showKey>
        <Icon name="eye" /> {revealing.value ? "Hide predictions" : "Preview predictions"}
      </ActionButton>
      {predictionsShown.value && <Preview />}
      {!auditing.value && <AcceptedResult />}
    </>
  );
}

function Preview() {
  const threshold = triedThreshold.value ?? session.value?.threshold;
  return (
    <>
      <p class="marks-line">
        {classes.value.map((name, index) => (
          <span key={name}>
            <StateMark decision={index} word /> {predictedCount(index).toLocaleString("en")}
          </span>
        ))}
      </p>
      {threshold != null && (
        <Range
          label="Threshold"
          hint="Probability above which the machine accepts; the map follows. The target becomes this threshold"
          least={0}
          most={1}
          step={0.01}
          value={threshold}
          show={(value) => value.toFixed(2)}
          change={tryThreshold}
          settle={setThreshold}
        />
      )}
    </>
  );
}

/** Labels that exports give until they are accepted anew or taken back. */
function AcceptedResult() {
  const accepted = session.value?.accepted ?? null;
  return (
    <>
      <p class="hint">
        Accept these labels to keep them for all exports as they are now, whatever answers come later. They do not
        become answers of yours, and your answers always outrank them. Undo takes it back.
      </p>
      <div class="bulk">
        <ActionButton action="result.accept" showKey>
          <Icon name="accept" /> {accepted ? "Accept again" : "Accept"}
        </ActionButton>
        {accepted && <ActionButton action="result.withdraw">Take back</ActionButton>}
      </div>
      {accepted && (
        <p class={accepted.trouble ? "outcome error" : "outcome"} role="status">
          {acceptedText(accepted)} {!accepted.trouble && <Details />}
        </p>
      )}
    </>
  );
}

function Details() {
  const accepted = session.value?.accepted;
  if (!accepted) return null;
  const threshold = accepted.threshold === null ? "" : `, threshold ${accepted.threshold.toFixed(2)}`;
  const counts = Object.entries(accepted.counts).map(([name, count]) => `${count.toLocaleString("en")} ${name}`);
  return (
    <>
      In all {counts.join(", ")}; target {accepted.target}
      {threshold}. {sinceText(accepted)}
    </>
  );
}
