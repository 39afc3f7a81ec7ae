/** How the snapshots are looked at. */

import type { Still } from "../../draw/snapshots";
import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Choice, Tick } from "../../frame/views/choice";
import { ContrastFields } from "../../frame/views/contrast-fields";
import { Icon } from "../../frame/views/icon";
import { Popover } from "../../frame/views/popover";
import { current } from "../state/current";
import {
  alikeTraces,
  neighbourOutlines,
  neighbourTraces,
  ownOutline,
  playing,
  smooth,
  snapshotContrast,
  speed,
  SPEEDS,
  still,
} from "../state/evidence";

export function SnapshotTools() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Snapshots">
      {current.value?.codes === null ? <span class="hint">no movie: footprint and trace only</span> : <Playing />}
      <SnapshotDisplay />
      <span class="spring" />
      <Tick
        label="Neighbours"
        hint={`Outlines of neighbouring candidates (${keyOf("snapshots.neighbours")})`}
        on={neighbourOutlines.value}
        change={(on) => (neighbourOutlines.value = on)}
      />
      <Tick
        label="their traces"
        hint={`Traces of neighbouring candidates over this one's (${keyOf("trace.neighbours")})`}
        on={neighbourTraces.value}
        change={(on) => (neighbourTraces.value = on)}
      />
    </div>
  );
}

function Playing() {
  return (
    <>
      <ActionButton action="snapshots.play" class="tool" pressed={playing.value}>
        <Icon name={playing.value ? "pause" : "play"} />
      </ActionButton>
      <Choice
        bare
        label="Speed"
        hint={`Frames a second (${keyOf("snapshots.slower")} slower, ${keyOf("snapshots.faster")} faster)`}
        value={String(speed.value)}
        options={SPEEDS.map((value) => ({ value: String(value), text: `${value} fps` }))}
        change={(value) => (speed.value = Number(value))}
      />
      <Choice
        bare
        label="Still"
        hint={`What a still snapshot shows (${keyOf("snapshots.still")})`}
        value={still.value}
        options={[
          { value: "maximum", text: "maximum" },
          { value: "mean", text: "mean" },
          { value: "peak", text: "peak frame" },
        ]}
        change={(value) => {
          still.value = value as Still;
          playing.value = false;
        }}
      />
    </>
  );
}

function SnapshotDisplay() {
  return (
    <Popover name="snapshots" action="snapshots.look" icon="sliders">
      <ContrastFields
        contrast={snapshotContrast}
        automaticBlack="the snapshots' 10 % quantile"
        automaticWhite="the snapshots' 99.9 % quantile"
        action="snapshots.auto"
      />
      <Tick
        label="Own outline"
        hint={`Outline of this candidate on its snapshots (${keyOf("snapshots.outline")})`}
        on={ownOutline.value}
        change={(on) => (ownOutline.value = on)}
      />
      <Tick
        label="Neighbours' traces as high as this one's"
        hint={`For comparing the shapes of traces, whatever their sizes (${keyOf("trace.alike")})`}
        on={alikeTraces.value}
        change={(on) => (alikeTraces.value = on)}
      />
      <Tick
        label="Smooth pixels"
        hint={`Interpolate between pixels (${keyOf("snapshots.smooth")})`}
        on={smooth.value}
        change={(on) => (smooth.value = on)}
      />
    </Popover>
  );
}
