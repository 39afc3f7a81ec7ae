/** Footprint and snapshots of a candidate, side by side at one scale. */

import type { Candidate } from "../../api/routes";
import { arrange, type Arrangement } from "../../draw/arrange";
import { rampPixels, type RampName } from "../../draw/colours";
import { adjust, paintValues, type Contrast, type Levels } from "../../draw/levels";
import { markOutlines, type Mark } from "../../draw/marked-outlines";
import type { Outlines } from "../../draw/outlines";
import { frameValues, stillValues, type Still } from "../../draw/snapshots";
import { drawStrip } from "../../draw/strip";
import type { CanvasSize } from "../../frame/views/canvas";
import { besideMark, CURRENT_MARK, NEIGHBOUR_MARK, PARTNER_MARK, widened } from "../marks";

export interface SnapshotLook {
  readonly candidate: Candidate;
  /** Frame of the snapshots to show, or null for a still. */
  readonly frame: number | null;
  readonly still: Still;
  readonly contrast: Contrast;
  readonly smooth: boolean;
  readonly outlines: Outlines | null;
  /** Index of the candidate among the outlines, or -1 to draw no outline of it. */
  readonly own: number;
  readonly neighbours: readonly number[];
  /** Those of the neighbours whose traces are shown, in the order of their colours. */
  readonly beside: readonly number[];
  /** Index of the candidate that this one may be merged with, or -1. */
  readonly partner: number;
  readonly frameRate: number | null;
  /** Trace frames in one movie frame. */
  readonly downsampled: number;
  readonly text: string;
  readonly faint: string;
  readonly rem: number;
}

export interface Pane {
  readonly left: number;
  readonly top: number;
  readonly side: number;
}

const RAMPS: Readonly<Record<"footprint" | "snapshot", Uint32Array>> = {
  footprint: ramp("viridis"),
  snapshot: ramp("grey"),
};

function ramp(name: RampName): Uint32Array {
  return rampPixels(name);
}

/** What is pasted into the panes: crops in a row, and the outlines, which are the same in each. */
const crops = new OffscreenCanvas(1, 1);
const lines = new OffscreenCanvas(1, 1);

/** Draw all panes; returns where the images lie, the footprint's first. */
export function drawSnapshots(
  context: CanvasRenderingContext2D,
  size: CanvasSize,
  look: SnapshotLook,
): readonly Pane[] {
  context.clearRect(0, 0, size.width, size.height);
  const { candidate, rem } = look;
  const gap = 0.45 * rem;
  const count = candidate.codes ? candidate.events.length + 1 : 1;
  const strip = Math.max(2 * rem, 0.055 * size.height);
  const arrangement = arrange(count, size.width, size.height, gap, strip);
  const panes = placePanes(arrangement, count, size, gap, strip);
  drawCrops(look, count);
  drawOutlines(arrangement.side, look, size.line);
  panes.forEach((pane, number) => {
    pasteCrop(context, pane, look, number);
    if (number > 0) drawPiece(context, pane, look, number - 1, { height: strip, line: size.line });
    context.drawImage(lines, pane.left, pane.top);
    title(context, pane, look, ...titleOf(look, number));
  });
  return panes;
}

function placePanes(
  { columns, rows, side }: Arrangement,
  count: number,
  size: CanvasSize,
  gap: number,
  footer: number,
): Pane[] {
  const width = columns * side + (columns - 1) * gap;
  const height = rows * (side + footer) + (rows - 1) * gap;
  const left = Math.max(Math.round((size.width - width) / 2), 0);
  const top = Math.max(Math.round((size.height - height) / 2), 0);
  return Array.from({ length: count }, (_, number) => ({
    left: Math.round(left + (number % columns) * (side + gap)),
    top: Math.round(top + Math.floor(number / columns) * (side + footer + gap)),
    side,
  }));
}

/** The trace around an event, under its snapshot. */
function drawPiece(
  context: CanvasRenderingContext2D,
  pane: Pane,
  look: SnapshotLook,
  event: number,
  strip: { readonly height: number; readonly line: number },
): void {
  const { candidate, frame } = look;
  const at = candidate.events[event] as number;
  const half = (candidate.window >> 1) * look.downsampled;
  const below = pane.top + pane.side + 1;
  drawStrip(context, { left: pane.left, top: below, width: pane.side, height: strip.height - 2 }, {
    trace: candidate.trace,
    from: at - 3 * half,
    to: at + 3 * half,
    inner: [at - half, at + half],
    frame: frame === null ? null : at + (frame * look.downsampled - half),
    colour: look.text,
    faint: look.faint,
    width: strip.line,
  });
}

function snapshotLevels({ candidate, contrast }: SnapshotLook): Levels {
  const [least, most, dark, bright] = candidate.contrast;
  const automatic = bright > dark ? { black: dark, white: bright } : { black: least, white: most };
  return adjust(automatic, contrast);
}

/** Footprint and snapshots, one below the other: to paste from one canvas is quicker than from several. */
function drawCrops(look: SnapshotLook, count: number): void {
  const { candidate, frame, still } = look;
  const { height, width } = candidate;
  const image = new ImageData(width, height * count);
  const pixels = new Uint32Array(image.data.buffer);
  const part = (number: number) => pixels.subarray(number * height * width, (number + 1) * height * width);
  paintValues(candidate.footprint, { black: 0, white: 1 }, RAMPS.footprint, part(0));
  const levels = snapshotLevels(look);
  for (let event = 0; event < count - 1; event++) {
    const values =
      frame === null ? stillValues(candidate, event, still) : frameValues(candidate, event, frame);
    paintValues(values, levels, RAMPS.snapshot, part(event + 1));
  }
  crops.width = width;
  crops.height = height * count;
  crops.getContext("2d")?.putImageData(image, 0, 0);
}

function pasteCrop(
  context: CanvasRenderingContext2D,
  pane: Pane,
  { candidate, smooth }: SnapshotLook,
  number: number,
): void {
  const { height, width } = candidate;
  const { left, top, scale } = placeCrop(candidate, pane);
  context.fillStyle = "#0b0d10";
  context.fillRect(pane.left, pane.top, pane.side, pane.side);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(crops, 0, number * height, width, height, left, top, width * scale, height * scale);
}

/** Where the crop's corner lies on the canvas, in the middle of its pane. */
function placeCrop(candidate: Candidate, { left, top, side }: Pane) {
  const scale = side / Math.max(candidate.height, candidate.width);
  return {
    left: left + (side - candidate.width * scale) / 2,
    top: top + (side - candidate.height * scale) / 2,
    scale,
  };
}

/** Drawn once and pasted on each pane: without a GPU lines take long. */
function drawOutlines(
  side: number,
  { candidate, outlines, own, neighbours, beside, partner }: SnapshotLook,
  line: number,
): void {
  lines.width = side;
  lines.height = side;
  const context = lines.getContext("2d");
  if (!outlines || !context) return;
  const { left, top, scale } = placeCrop(candidate, { left: 0, top: 0, side });
  const [cropTop, cropLeft] = candidate.crop;
  const place = { scale, right: left - cropLeft * scale, down: top - cropTop * scale };
  const draw = (rows: readonly number[], mark: Mark) =>
    rows.length && markOutlines(context, outlines, rows, place, widened(mark, line));
  draw(neighbours.filter((index) => !beside.includes(index)), NEIGHBOUR_MARK);
  beside.forEach((index, number) => draw([index], besideMark(number)));
  if (partner >= 0) draw([partner], PARTNER_MARK);
  if (own >= 0) draw([own], { ...CURRENT_MARK, width: 1.6, halo: 1.4 });
}

function titleOf({ candidate, frameRate }: SnapshotLook, number: number): [string, string] {
  const at = candidate.events[number - 1];
  if (at === undefined) return ["Footprint", ""];
  return [String(number), frameRate ? `${(at / frameRate).toFixed(1)} s` : `frame ${at}`];
}

/** Written over the image's upper corners, where no cell is. */
function title(
  context: CanvasRenderingContext2D,
  { left, top, side }: Pane,
  { rem }: SnapshotLook,
  name: string,
  moment: string,
): void {
  const write = (text: string, x: number) => {
    context.strokeText(text, x, top + 0.95 * rem);
    context.fillText(text, x, top + 0.95 * rem);
  };
  context.lineJoin = "round";
  context.lineWidth = 0.25 * rem;
  context.strokeStyle = "rgb(0 0 0 / 0.7)";
  context.fillStyle = "#f2f4f7";
  context.textBaseline = "alphabetic";
  context.textAlign = "left";
  context.font = `650 ${0.82 * rem}px system-ui, sans-serif`;
  write(name, left + 0.3 * rem);
  context.textAlign = "right";
  context.font = `${0.76 * rem}px system-ui, sans-serif`;
  write(moment, left + side - 0.3 * rem);
  context.textAlign = "left";
}
