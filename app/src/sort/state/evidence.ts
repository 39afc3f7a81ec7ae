/** How a candidate's evidence is looked at. */

import { effect, signal } from "@preact/signals";
import { getTraces } from "../../api/routes";
import { AUTOMATIC, type Contrast } from "../../draw/levels";
import type { Still } from "../../draw/snapshots";
import { report } from "../../frame/notices";
import { stored } from "../../frame/stored";
import { current } from "./current";
import { partner } from "./merges";

export const still = stored<Still>("snapshots.still", "maximum");
export const playing = stored("snapshots.playing", false);
/** Frames a second. */
export const speed = stored("snapshots.speed", 12);
export const SPEEDS = [2, 5, 8, 12, 20, 30] as const;
export const snapshotContrast = stored<Contrast>("snapshots.contrast", AUTOMATIC);
export const neighbourOutlines = stored("snapshots.neighbours", true);
export const ownOutline = stored("snapshots.outline", true);
export const smooth = stored("snapshots.smooth", true);
export const neighbourTraces = stored("trace.neighbours", false);
/** Whether neighbours' traces are drawn as high as the candidate's own. */
export const alikeTraces = stored("trace.alike", false);

/** Frames of the trace in view, or null for all of them. */
export const traceRange = signal<readonly [number, number] | null>(null);

/** Traces over the current candidate's: its neighbours', or its partner's in a pair; by row. */
export const tracesBeside = signal<ReadonlyMap<number, Float32Array>>(new Map());

const STILLS: readonly Still[] = ["maximum", "mean", "peak"];
const MOST_TRACES = 6;

export function cycleStill(): void {
  still.value = STILLS[(STILLS.indexOf(still.value) + 1) % STILLS.length] as Still;
  playing.value = false;
}

export function changeSpeed(steps: 1 | -1): void {
  const place = SPEEDS.findIndex((one) => one >= speed.value);
  const changed = Math.min(Math.max((place < 0 ? SPEEDS.length : place) + steps, 0), SPEEDS.length - 1);
  speed.value = SPEEDS[changed] as number;
}

/** Bring so many frames around an event into the trace's view. */
export function zoomToEvent(number: number): void {
  const candidate = current.value;
  const frame = candidate?.events[number];
  if (!candidate || frame === undefined) return;
  const half = Math.max(candidate.window * 4, Math.round(candidate.frames * 0.01));
  traceRange.value = [Math.max(frame - half, 0), Math.min(frame + half, candidate.frames)];
}

effect(() => {
  current.value;
  traceRange.value = null;
});

effect(() => {
  const candidate = current.value;
  const beside = neighbourTraces.value ? (candidate?.neighbours ?? []) : [];
  const rows = partner.value < 0 ? beside : [partner.value];
  if (tracesBeside.peek().size) tracesBeside.value = new Map();
  if (candidate && rows.length) void fetchBeside(candidate.row, rows.slice(0, MOST_TRACES));
});

async function fetchBeside(row: number, rows: readonly number[]): Promise<void> {
  try {
    const traces = await getTraces(rows);
    if (current.value?.row !== row) return;
    tracesBeside.value = new Map(rows.map((one, place) => [one, traces[place] as Float32Array]));
  } catch (problem) {
    report(problem);
  }
}
