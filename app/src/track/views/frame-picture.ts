/** Draws one of the two pictures of a frame, and the points on it. */

import type { Contrast } from "../../draw/levels";
import { toCanvas, type Size, type View } from "../../draw/view";
import type { CanvasSize } from "../../frame/views/canvas";
import type { Picture, Points, Projection } from "../api";
import { channelColours, paintChannels } from "../composite";
import { COLOURS, CURRENT, isFilled, markOf, shapeOf } from "../marks";
import { toPane, type Pane } from "../places";
import type { Place } from "../state/current";

export class PictureLayer {
  readonly #pane: Pane;
  #canvas: OffscreenCanvas | null = null;
  #of: readonly [Picture, Contrast, number] | null = null;

  constructor(pane: Pane) {
    this.#pane = pane;
  }

  /** `image` is the picture's size in pixels of the image plane. */
  draw(
    context: CanvasRenderingContext2D,
    view: View,
    canvas: Size,
    image: Size,
    picture: Picture,
    contrast: Contrast,
    channel: number,
  ): void {
    const projection = this.#pane === "above" ? picture.above : picture.side;
    if (!projection) return;
    const [now, grey, only] = this.#of ?? [];
    if (now !== picture || grey !== contrast || only !== channel) {
      this.#paint(projection, picture.channels, contrast, channel);
      this.#of = [picture, contrast, channel];
    }
    const [left, top] = toCanvas(view, canvas, 0, 0);
    context.imageSmoothingEnabled = view.scale < 1;
    if (this.#canvas) context.drawImage(this.#canvas, left, top, image.width * view.scale, image.height * view.scale);
  }

  #paint({ grey, width, height }: Projection, channels: number, contrast: Contrast, channel: number): void {
    const pixels = new ImageData(width, height);
    paintChannels(grey, channelColours(channels, channel), contrast, pixels.data);
    this.#canvas ??= new OffscreenCanvas(width, height);
    this.#canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  }
}

export interface Marked {
  readonly points: Points;
  readonly names: readonly string[];
  readonly edges: readonly (readonly [number, number])[];
  readonly planePx: number;
  /** The chosen point, or -1, and where it is. */
  readonly current: number;
  readonly place: Place | null;
  /** The point under the pointer, or -1. */
  readonly pointed: number;
  readonly marks: boolean;
  readonly all: boolean;
}

const RADIUS = 4.2;

/** Where all points lie on a canvas, x and y after each other; NaN where there is none. */
export function placesOnCanvas(pane: Pane, { position }: Points, planePx: number, view: View, canvas: Size): Float32Array {
  const found = new Float32Array((2 * position.length) / 3);
  for (let index = 0; 3 * index < position.length; index++) {
    const place = position.subarray(3 * index, 3 * index + 3) as unknown as [number, number, number];
    found.set(toCanvas(view, canvas, ...toPane(pane, place, planePx)), 2 * index);
  }
  return found;
}

export function drawPoints(context: CanvasRenderingContext2D, pane: Pane, view: View, size: CanvasSize, marked: Marked): void {
  const places = placesOnCanvas(pane, marked.points, marked.planePx, view, size);
  if (marked.marks) {
    drawEdges(context, places, marked.edges, size.line);
    for (let index = 0; 2 * index < places.length; index++) drawMark(context, places, index, marked, size.line);
  }
  if (marked.place) drawCurrent(context, toCanvas(view, size, ...toPane(pane, marked.place, marked.planePx)), size.line);
  const named = marked.all ? marked.names.map((_, index) => index) : [marked.current, marked.pointed];
  for (const index of new Set(named)) {
    if (index >= 0) writeName(context, marked.names[index] ?? "", places[2 * index], places[2 * index + 1], size.line);
  }
}

function drawMark(context: CanvasRenderingContext2D, places: Float32Array, index: number, marked: Marked, line: number): void {
  const [x, y] = [places[2 * index] as number, places[2 * index + 1] as number];
  if (!Number.isFinite(x)) return;
  const mark = markOf(marked.points, index);
  const shape = shapeOf(mark, RADIUS * line);
  context.save();
  context.translate(x, y);
  context.lineWidth = 3.2 * line;
  context.strokeStyle = "rgb(0 0 0 / 0.75)";
  context.stroke(shape);
  context.lineWidth = 1.5 * line;
  context.strokeStyle = context.fillStyle = COLOURS[mark];
  if (isFilled(mark)) context.fill(shape);
  context.stroke(shape);
  context.restore();
}

/** A ring with four strokes, open in the middle, where the point itself is to be seen. */
function drawCurrent(context: CanvasRenderingContext2D, [x, y]: readonly [number, number], line: number): void {
  const path = new Path2D();
  const [near, far] = [9 * line, 15 * line];
  path.arc(x, y, near, 0, 2 * Math.PI);
  for (const [across, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]] as const) {
    path.moveTo(x + across * near, y + down * near);
    path.lineTo(x + across * far, y + down * far);
  }
  context.lineWidth = 4 * line;
  context.strokeStyle = "rgb(0 0 0 / 0.75)";
  context.stroke(path);
  context.lineWidth = 2 * line;
  context.strokeStyle = CURRENT;
  context.stroke(path);
}

function drawEdges(context: CanvasRenderingContext2D, places: Float32Array, edges: Marked["edges"], line: number): void {
  context.beginPath();
  for (const [one, other] of edges) {
    const ends = [places[2 * one], places[2 * one + 1], places[2 * other], places[2 * other + 1]] as [number, number, number, number];
    if (!ends.every(Number.isFinite)) continue;
    context.moveTo(ends[0], ends[1]);
    context.lineTo(ends[2], ends[3]);
  }
  context.lineWidth = line;
  context.strokeStyle = "rgb(255 255 255 / 0.55)";
  context.stroke();
}

function writeName(context: CanvasRenderingContext2D, name: string, x = NaN, y = NaN, line = 1): void {
  if (!Number.isFinite(x)) return;
  context.font = `600 ${11 * line}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3 * line;
  context.strokeStyle = "rgb(0 0 0 / 0.85)";
  context.fillStyle = "#f2f4f7";
  context.strokeText(name, x + 8 * line, y - 9 * line);
  context.fillText(name, x + 8 * line, y - 9 * line);
}
