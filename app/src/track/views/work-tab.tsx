/** How far the tracking has come, what is still to be tracked, and how far it can be trusted. */

import { ActionButton } from "../../frame/views/action-button";
import { plural } from "../../frame/words";
import type { Progress } from "../api";
import { session } from "../state/session";
import { WorkBar } from "./work-bar";

export function WorkTab() {
  const state = session.value;
  if (!state) return <p class="hint">On its way …</p>;
  const { progress } = state;
  return (
    <>
      <h3>Positions</h3>
      <dl class="figures">
        <Figure name="said by people" hint="They are never moved" value={progress.annotated} />
        <Figure name="seen by the machine" hint="Found in the image" value={progress.seen} />
        <Figure name="hidden" hint="Only where their neighbours put them" value={progress.hidden} />
        <Figure name="left the view" hint="They have no position there" value={progress.left_the_view} />
        <Figure name="not tracked" hint="They have no position there" value={progress.not_tracked} />
        <Figure name="median score" hint="Of the machine's positions, 0 to 1" value={progress.score?.toFixed(2) ?? "none yet"} />
      </dl>
      <h3>Frames</h3>
      <dl class="figures">
        <Figure name="references" hint="All their points are said by people" value={progress.references.length} />
        <Figure name="to be tracked again" hint="What they are tracked from has changed" value={progress.stale} />
      </dl>
      <WorkBar />
      <h3>Trust</h3>
      <p class="advice" role="status">
        {trust(progress)}
      </p>
      <dl class="figures">
        <Figure name="your answers" hint="That stand" value={state.answers} />
        <Figure name="unsure" hint="They move nothing" value={progress.unsure} />
        <Figure name="skipped" hint="They move nothing" value={progress.skipped} />
      </dl>
      <ActionButton action="export" showKey>
        Export
      </ActionButton>
    </>
  );
}

/** What the questions that were drawn at random say. */
function trust({ probes, right, right_low, right_high, tolerance_px }: Progress): string {
  if (!probes || right === null || right_low === null || right_high === null) {
    return "Every tenth question is drawn at random; their answers will tell here how often the machine is right.";
  }
  const share = (value: number) => `${Math.round(100 * value)} %`;
  return (
    `Right within ${tolerance_px} px in ${share(right)} of ${plural(probes, "random question")} ` +
    `(95 % sure: ${share(right_low)} to ${share(right_high)}).`
  );
}

interface FigureProps {
  readonly name: string;
  readonly hint: string;
  readonly value: number | string;
}

function Figure({ name, hint, value }: FigureProps) {
  return (
    <div title={hint}>
      <dt>{name}</dt>
      <dd>{value.toLocaleString("en")}</dd>
    </div>
  );
}
