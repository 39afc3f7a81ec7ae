/** How the frame is looked at. */

import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Choice, Tick } from "../../frame/views/choice";
import { ContrastFields } from "../../frame/views/contrast-fields";
import { Icon } from "../../frame/views/icon";
import { Popover } from "../../frame/views/popover";
import { ANNOTATED, REFERENCE, STALE } from "../api";
import { frameCount, isDeep, project } from "../state/project";
import { shown } from "../state/shown";
import { channel, contrast, keepsDepth, marksShown, namesShown } from "../state/view";

export function FrameTools() {
  return (
    <div class="toolbar" role="toolbar" aria-label="Frame">
      <h2>Frame {shown.value?.frame ?? "…"}</h2>
      <span class="hint">of 0 to {frameCount.value - 1}</span>
      <FrameKind />
      <span class="spring" />
      <ChannelChoice />
      <Looks />
      <ActionButton action="view.marks" class="tool" pressed={marksShown.value}>
        <Icon name="eye" />
      </ActionButton>
      <ActionButton action="view.names" class="tool" pressed={namesShown.value}>
        <Icon name="note" />
      </ActionButton>
      <ActionButton action="view.fit" class="tool">
        <Icon name="fit" />
      </ActionButton>
      <ActionButton action="view.centre" class="tool">
        <Icon name="centre" />
      </ActionButton>
    </div>
  );
}

/** What the frame is. */
function FrameKind() {
  const flags = shown.value?.points.flags ?? 0;
  return (
    <>
      {Boolean(flags & REFERENCE) && (
        <span class="chip" title="All its points are said by people: others are tracked from it">
          reference
        </span>
      )}
      {Boolean(flags & ANNOTATED) && !(flags & REFERENCE) && (
        <span class="chip" title="Some of its points are said by people">
          annotated
        </span>
      )}
      {Boolean(flags & STALE) && (
        <span class="chip warning" title={`Something it is tracked from has changed; track the rest (${keyOf("work")})`}>
          to be tracked again
        </span>
      )}
    </>
  );
}

function ChannelChoice() {
  const channels = project.value?.channels ?? 1;
  if (channels < 2) return null;
  const each = Array.from({ length: channels }, (_, index) => ({ value: String(index), text: `channel ${index}` }));
  return (
    <Choice
      bare
      label="Channel"
      hint={`Which channel is shown (${keyOf("view.channel")})`}
      value={String(channel.value)}
      options={[{ value: "-1", text: "all channels" }, ...each]}
      change={(value) => (channel.value = Number(value))}
    />
  );
}

function Looks() {
  return (
    <Popover name="frame" action="view.looks" icon="sliders">
      <ContrastFields
        contrast={contrast}
        automaticBlack="the video's darkest"
        automaticWhite="the video's brightest"
        action="view.contrast"
      />
      {isDeep.value && (
        <Tick
          label="A click keeps the point's depth"
          hint={`Where a picture does not tell the depth: the point's own, or where it is brightest (${keyOf("view.depth")})`}
          on={keepsDepth.value}
          change={(on) => (keepsDepth.value = on)}
        />
      )}
    </Popover>
  );
}

/** Over the picture: nearer and further. */
export function FrameZoom() {
  return (
    <div class="map-zoom" role="group" aria-label="Zoom">
      <ActionButton action="view.in" class="tool">
        <Icon name="plus" />
      </ActionButton>
      <ActionButton action="view.out" class="tool">
        <Icon name="minus" />
      </ActionButton>
    </div>
  );
}
