/** What can be done with the current candidate's evidence. */

import { AUTOMATIC } from "../draw/levels";
import type { Action } from "../frame/actions";
import { auditing } from "./state/audit-sheet";
import { togglePopoverByKey } from "../frame/popovers";
import type { Signal } from "@preact/signals";
import {
  alikeTraces,
  changeSpeed,
  cycleStill,
  neighbourOutlines,
  neighbourTraces,
  ownOutline,
  playing,
  smooth,
  snapshotContrast,
  traceRange,
  zoomToEvent,
} from "./state/evidence";
import { explainCurrent } from "./state/reasons";
import { panTrace, zoomTrace } from "./state/trace-moves";

const ZOOM = 2;
const PAN_SHARE = 0.25;
const EVENTS = [0, 1, 2, 3, 4];

export function evidenceActions(): readonly Action[] {
  return [...snapshots(), ...trace()];
}

const toggle = (what: Signal<boolean>) => () => (what.value = !what.value);

function snapshots(): readonly Action[] {
  const group = "Snapshots";
  return [
    { id: "snapshots.play", title: "Play or stop the snapshots", group, keys: ["P"], run: toggle(playing) },
    { id: "snapshots.still", title: "Still: maximum, mean or peak", group, keys: ["M"], run: cycleStill },
    { id: "snapshots.slower", title: "Play slower", group, keys: ["["], run: () => changeSpeed(-1) },
    { id: "snapshots.faster", title: "Play faster", group, keys: ["]"], run: () => changeSpeed(1) },
    { id: "snapshots.neighbours", title: "Neighbours' outlines", group, keys: ["O"], run: toggle(neighbourOutlines) },
    { id: "snapshots.outline", title: "Own outline", group, keys: ["Shift+O"], run: toggle(ownOutline) },
    { id: "snapshots.smooth", title: "Smooth pixels", group, keys: ["Shift+P"], run: toggle(smooth) },
    {
      id: "snapshots.auto",
      title: "Automatic contrast of the snapshots",
      group,
      keys: ["Shift+E"],
      run: () => (snapshotContrast.value = AUTOMATIC),
    },
    {
      id: "snapshots.look",
      title: "Contrast and outlines of the snapshots",
      group,
      keys: ["Shift+S"],
      run: () => togglePopoverByKey("snapshots"),
    },
    {
      id: "explain",
      title: "Why the machine says so (ends blindness for this candidate)",
      group,
      keys: ["E"],
      run: () => void explainCurrent(),
      enabled: () => !auditing.value,
    },
  ];
}

function trace(): readonly Action[] {
  const group = "Trace";
  const repeats = true;
  return [
    { id: "trace.neighbours", title: "Neighbours' traces", group, keys: ["N"], run: toggle(neighbourTraces) },
    {
      id: "trace.alike",
      title: "Neighbours' traces as high as this one's",
      group,
      keys: ["Shift+N"],
      run: toggle(alikeTraces),
    },
    { id: "trace.in", title: "Zoom into the trace", group, keys: ["PageUp"], run: () => zoomTrace(1 / ZOOM), repeats },
    { id: "trace.out", title: "Zoom out of the trace", group, keys: ["PageDown"], run: () => zoomTrace(ZOOM), repeats },
    { id: "trace.earlier", title: "Earlier in the trace", group, keys: ["Home"], run: () => panTrace(-PAN_SHARE), repeats },
    { id: "trace.later", title: "Later in the trace", group, keys: ["End"], run: () => panTrace(PAN_SHARE), repeats },
    { id: "trace.whole", title: "Whole trace", group, keys: ["T"], run: () => (traceRange.value = null) },
    ...EVENTS.map((event) => ({
      id: `trace.event.${event}`,
      title: `Trace around event ${event + 1}`,
      group,
      keys: [`Alt+${event + 1}`],
      run: () => zoomToEvent(event),
    })),
  ];
}
