/** Where the image lies on the canvas; image coordinates are pixels, (0, 0) the image's corner. */

/** The image point (x, y) is at the canvas's middle; scale is canvas pixels per image pixel. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const MARGIN = 0.97;
const SMALLEST_WINDOW_PX = 10;

export function fitView(image: Size, canvas: Size): View {
  const scale = Math.min(canvas.width / image.width, canvas.height / image.height) * MARGIN;
  return { x: image.width / 2, y: image.height / 2, scale: scale > 0 ? scale : 1 };
}

export function toCanvas(view: View, canvas: Size, x: number, y: number): [number, number] {
  return [
    (x - view.x) * view.scale + canvas.width / 2,
    (y - view.y) * view.scale + canvas.height / 2,
  ];
}

export function toImage(view: View, canvas: Size, x: number, y: number): [number, number] {
  return [
    (x - canvas.width / 2) / view.scale + view.x,
    (y - canvas.height / 2) / view.scale + view.y,
  ];
}

/** What of the image is on the canvas, and possibly beyond the image. */
export function visibleBox(view: View, canvas: Size): Box {
  const [left, top] = toImage(view, canvas, 0, 0);
  const [right, bottom] = toImage(view, canvas, canvas.width, canvas.height);
  return { left, top, right, bottom };
}

/** Zoom by a factor; the image point under (x, y) of the canvas stays there. */
export function zoomAt(
  view: View,
  image: Size,
  canvas: Size,
  at: readonly [number, number],
  factor: number,
): View {
  const [least, most] = scaleLimits(image, canvas);
  const scale = clamp(view.scale * factor, least, most);
  const [x, y] = toImage(view, canvas, at[0], at[1]);
  const moved = {
    x: x - (at[0] - canvas.width / 2) / scale,
    y: y - (at[1] - canvas.height / 2) / scale,
    scale,
  };
  return keepInside(moved, image);
}

/** The smallest scale, at which all of the image is half as large as the canvas, and the largest. */
function scaleLimits(image: Size, canvas: Size): readonly [number, number] {
  const least = fitView(image, canvas).scale / 2;
  const most = Math.min(canvas.width, canvas.height) / SMALLEST_WINDOW_PX;
  return [Math.min(least, most), Math.max(least, most)];
}

/** How far a view is zoomed in, from 0 to 1 in equal ratios. */
export function zoomShare({ scale }: View, image: Size, canvas: Size): number {
  const [least, most] = scaleLimits(image, canvas);
  return clamp(Math.log(scale / least) / Math.log(most / least) || 0, 0, 1);
}

/** The scale that goes with a share. */
export function scaleOfShare(share: number, image: Size, canvas: Size): number {
  const [least, most] = scaleLimits(image, canvas);
  return least * (most / least) ** share;
}

/** A box of the image as large as the canvas lets it be. */
export function viewOfBox({ left, top, right, bottom }: Box, image: Size, canvas: Size): View {
  const [least, most] = scaleLimits(image, canvas);
  const fitting = Math.min(canvas.width / (right - left), canvas.height / (bottom - top));
  const view = { x: (left + right) / 2, y: (top + bottom) / 2, scale: clamp(fitting, least, most) };
  return keepInside(view, image);
}

/** Pan by canvas pixels. */
export function panBy(view: View, image: Size, right: number, down: number): View {
  const moved = { ...view, x: view.x - right / view.scale, y: view.y - down / view.scale };
  return keepInside(moved, image);
}

/** Move as little as needed for a box to be in view, with some room around it. */
export function bringIntoView(view: View, image: Size, canvas: Size, box: Box): View {
  const room = 24 / view.scale;
  const seen = visibleBox(view, canvas);
  const x = shift(box.left - room, box.right + room, seen.left, seen.right);
  const y = shift(box.top - room, box.bottom + room, seen.top, seen.bottom);
  return x || y ? keepInside({ ...view, x: view.x + x, y: view.y + y }, image) : view;
}

function shift(begin: number, end: number, seenBegin: number, seenEnd: number): number {
  const inside = begin >= seenBegin && end <= seenEnd;
  return inside ? 0 : (begin + end) / 2 - (seenBegin + seenEnd) / 2;
}

function keepInside(view: View, image: Size): View {
  return { ...view, x: clamp(view.x, 0, image.width), y: clamp(view.y, 0, image.height) };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
