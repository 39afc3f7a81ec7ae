/** Footprint and event snapshots of the current candidate. */

import { Canvas, type Draw } from "../../frame/views/canvas";
import { rootFont } from "../../frame/root-font";
import { dark } from "../../frame/theme";
import { useMemo } from "preact/hooks";
import { current, currentRow } from "../state/current";
import {
  neighbourOutlines,
  ownOutline,
  playing,
  smooth,
  snapshotContrast,
  speed,
  still,
  tracesBeside,
  zoomToEvent,
} from "../state/evidence";
import { currentOutlines, firstRow, recording } from "../state/map";
import { partner } from "../state/merges";
import { drawSnapshots, type Pane } from "./snapshot-picture";

export function Snapshots() {
  const { draw, choose } = useMemo(snapshots, []);
  return (
    <Canvas
      class="snapshots"
      role="img"
      aria-label="Footprint and snapshots of the largest events"
      title="Click a snapshot to see its event in the trace"
      watch={watch}
      draw={draw}
      onClick={choose}
    />
  );
}

function watch(): void {
  for (const each of [current, playing, speed, still, snapshotContrast, smooth]) each.value;
  tracesBeside.value;
  for (const each of [neighbourOutlines, ownOutline, currentOutlines, dark, partner]) each.value;
}

const index = (row: number) => row - firstRow.value;

function snapshots() {
  let panes: readonly Pane[] = [];
  let ratio = 1;
  let drawn: readonly unknown[] = [];

  const draw: Draw = (context, size) => {
    ratio = size.ratio;
    const candidate = current.value;
    if (!candidate) {
      panes = [];
      drawn = [];
      context.clearRect(0, 0, size.width, size.height);
      return false;
    }
    const plays = playing.value && candidate.codes !== null;
    const frame = plays ? Math.floor((performance.now() / 1000) * speed.value) % candidate.window : null;
    const now = [candidate, frame, size, still.value, snapshotContrast.value, smooth.value,
      neighbourOutlines.value, ownOutline.value, currentOutlines.value, dark.value, partner.value, tracesBeside.value];
    if (now.some((part, place) => part !== drawn[place])) {
      drawn = now;
      panes = drawSnapshots(context, size, {
        candidate,
        frame,
        still: still.value,
        contrast: snapshotContrast.value,
        smooth: smooth.value,
        outlines: currentOutlines.value,
        own: ownOutline.value ? index(candidate.row) : -1,
        neighbours: neighbourOutlines.value && partner.value < 0 ? candidate.neighbours.map(index) : [],
        beside: neighbourOutlines.value && partner.value < 0 ? [...tracesBeside.value.keys()].map(index) : [],
        partner: partner.value < 0 ? -1 : index(partner.value),
        frameRate: recording.value?.frame_rate_hz ?? null,
        downsampled: recording.value?.movie_downsampled ?? 1,
        text: dark.value ? "#e6e9ee" : "#1b2430",
        faint: dark.value ? "#97a1af" : "#5b6675",
        rem: rootFont() * size.ratio,
      });
      context.canvas.dataset["row"] = String(currentRow.value);
    }
    return plays;
  };

  const choose = (event: MouseEvent) => {
    const x = event.offsetX * ratio;
    const y = event.offsetY * ratio;
    const number = panes.findIndex(
      ({ left, top, side }) => x >= left && x < left + side && y >= top && y < top + side,
    );
    if (number > 0) zoomToEvent(number - 1);
  };
  return { draw, choose };
}
