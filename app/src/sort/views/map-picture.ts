/** The picture under the pointer: image and all outlines. */

import { adjust, paintValues, quantileLevels } from "../../draw/levels";
import { rampPixels } from "../../draw/colours";
import { OutlineTiles, type Appearance } from "../../draw/outline-tiles";
import type { Outlines } from "../../draw/outlines";
import { strokeOutlines } from "../../draw/stroked-outlines";
import { toCanvas, visibleBox, type Box, type Size, type View } from "../../draw/view";
import type { Image } from "../../api/routes";
import type { Contrast } from "../../draw/levels";
import { differences } from "../appearance";
import type { CanvasSize } from "../../frame/views/canvas";

/** With fewer outlines in view than this, they are stroked rather than pasted from tiles. */
const FEW = 800;
/** With more changes than this, everything is drawn again. */
const MOST_PARTS = 40;

export class ImageLayer {
  #canvas: OffscreenCanvas | null = null;
  #of: readonly [Image, Contrast] | null = null;

  draw(context: CanvasRenderingContext2D, view: View, canvas: Size, image: Image, contrast: Contrast): void {
    if (this.#of?.[0] !== image || this.#of[1] !== contrast) this.#paint(image, contrast);
    const box = visibleBox(view, canvas);
    const left = Math.max(Math.floor(box.left), 0);
    const top = Math.max(Math.floor(box.top), 0);
    const right = Math.min(Math.ceil(box.right), image.width);
    const bottom = Math.min(Math.ceil(box.bottom), image.height);
    if (!this.#canvas || left >= right || top >= bottom) return;
    context.imageSmoothingEnabled = view.scale < 1;
    context.drawImage(
      this.#canvas,
      left,
      top,
      right - left,
      bottom - top,
      (left - view.x) * view.scale + canvas.width / 2,
      (top - view.y) * view.scale + canvas.height / 2,
      (right - left) * view.scale,
      (bottom - top) * view.scale,
    );
  }

  #paint(image: Image, contrast: Contrast): void {
    const { width, height, values } = image;
    const pixels = new ImageData(width, height);
    const levels = adjust(quantileLevels(values, 0.01, 0.998), contrast);
    paintValues(values, levels, rampPixels("grey"), new Uint32Array(pixels.data.buffer));
    this.#canvas = new OffscreenCanvas(width, height);
    this.#canvas.getContext("2d")?.putImageData(pixels, 0, 0);
    this.#of = [image, contrast];
  }
}

export class OutlineLayer {
  #tiles: OutlineTiles | null = null;
  #outlines: Outlines | null = null;
  #appearance: Appearance | null = null;
  #drawn: { readonly view: View; readonly size: CanvasSize; readonly line: number } | null = null;
  #wide = false;

  /** Draw lines of a width; returns whether there is more to draw. */
  draw(
    context: CanvasRenderingContext2D,
    view: View,
    size: CanvasSize,
    outlines: Outlines,
    appearance: Appearance,
    line: number,
  ): boolean {
    const changed = this.#take(outlines, appearance, line >= 1.5);
    const before = this.#drawn;
    const sameView = before?.view === view && before.size === size && before.line === line;
    const boxes = sameView && changed && changed.length <= MOST_PARTS ? changed.map((index) => outlines.box(index)) : null;
    context.save();
    if (boxes) clipTo(context, view, size, boxes);
    context.clearRect(0, 0, size.width, size.height);
    const more = this.#drawLines(context, view, size, appearance, line, boxes);
    context.restore();
    this.#drawn = more ? null : { view, size, line };
    return more;
  }

  /** Stroke few lines or paste tiles of many, where the clip lets them through. */
  #drawLines(
    context: CanvasRenderingContext2D,
    view: View,
    size: CanvasSize,
    appearance: Appearance,
    line: number,
    boxes: readonly Box[] | null,
  ): boolean {
    const outlines = this.#outlines as Outlines;
    if (outlines.about(visibleBox(view, size)) >= FEW) {
      context.imageSmoothingEnabled = false;
      return this.#tiles?.draw(context, view, size) ?? false;
    }
    const parts = boxes ?? [visibleBox(view, size)];
    const touched = [...new Set(parts.flatMap((box) => outlines.within(box)))];
    strokeOutlines(context, view, size, outlines, touched, appearance, line);
    return false;
  }

  /** Returns what looks different since the last time; null where all may. */
  #take(outlines: Outlines, appearance: Appearance, wide: boolean): readonly number[] | null {
    let changed: readonly number[] | null = [];
    if (!this.#tiles || this.#outlines !== outlines || !this.#appearance || this.#wide !== wide) {
      this.#tiles = new OutlineTiles(outlines, appearance, wide);
      changed = null;
    } else if (this.#appearance !== appearance) {
      changed = differences(this.#appearance, appearance);
      this.#tiles.change(appearance, changed);
    }
    this.#outlines = outlines;
    this.#appearance = appearance;
    this.#wide = wide;
    return changed;
  }
}

/** Draw only where these boxes of the image lie. */
function clipTo(context: CanvasRenderingContext2D, view: View, size: Size, boxes: readonly Box[]): void {
  const room = 4;
  context.beginPath();
  for (const box of boxes) {
    const [left, top] = toCanvas(view, size, box.left, box.top);
    const [right, bottom] = toCanvas(view, size, box.right, box.bottom);
    const x = Math.floor(left) - room;
    const y = Math.floor(top) - room;
    context.rect(x, y, Math.ceil(right) + room - x, Math.ceil(bottom) + room - y);
  }
  context.clip();
}
