/** Candidates' areas in their colours, painted once at the image's own scale, then pasted. */

import { cssOf } from "../../draw/colours";
import type { Appearance } from "../../draw/outline-tiles";
import type { Outlines } from "../../draw/outlines";
import { HIDDEN } from "../../draw/raster";
import { toCanvas, type Size, type View } from "../../draw/view";
import { differences } from "../appearance";

const LARGEST_PX = 2048;
const FINEST = 4;
const BUDGET_MS = 8;

export class FillLayer {
  readonly #outlines: Outlines;
  readonly #scale: number;
  #whole: OffscreenCanvas;
  #painting: OffscreenCanvas;
  #appearance: Appearance | null = null;
  #next = 0;

  constructor(outlines: Outlines, image: Size) {
    this.#outlines = outlines;
    this.#scale = Math.min(LARGEST_PX / Math.max(image.width, image.height), FINEST);
    const make = () => new OffscreenCanvas(Math.ceil(image.width * this.#scale), Math.ceil(image.height * this.#scale));
    this.#whole = make();
    this.#painting = make();
  }

  isOf(outlines: Outlines): boolean {
    return this.#outlines === outlines;
  }

  /** Returns whether there is more to paint. */
  draw(context: CanvasRenderingContext2D, view: View, size: Size, appearance: Appearance): boolean {
    this.#take(appearance);
    const more = this.#paintSome(appearance);
    const [left, top] = toCanvas(view, size, 0, 0);
    const scale = view.scale / this.#scale;
    context.clearRect(0, 0, size.width, size.height);
    context.drawImage(this.#whole, left, top, this.#whole.width * scale, this.#whole.height * scale);
    return more;
  }

  /** Paint over what looks different, or begin anew where something vanished or nearly all changed. */
  #take(appearance: Appearance): void {
    const before = this.#appearance;
    if (before === appearance) return;
    const changed = before && this.#next >= this.#outlines.count ? differences(before, appearance) : null;
    this.#appearance = appearance;
    if (changed?.every((index) => isFilled(index, appearance))) {
      for (const index of changed) this.#fill(this.#whole, index, appearance);
      return;
    }
    this.#next = 0;
    this.#painting.getContext("2d")?.clearRect(0, 0, this.#painting.width, this.#painting.height);
  }

  /** As many as time allows; they are shown once all are painted. */
  #paintSome(appearance: Appearance): boolean {
    const { count } = this.#outlines;
    if (this.#next >= count) return false;
    const end = performance.now() + BUDGET_MS;
    while (this.#next < count && performance.now() < end) {
      this.#fill(this.#painting, this.#next++, appearance);
    }
    if (this.#next < count) return true;
    [this.#whole, this.#painting] = [this.#painting, this.#whole];
    return false;
  }

  #fill(canvas: OffscreenCanvas, index: number, appearance: Appearance): void {
    const context = canvas.getContext("2d");
    if (!context || !isFilled(index, appearance)) return;
    const pixel = pixelOf(index, appearance);
    const path = new Path2D();
    this.#outlines.trace(path, index, this.#scale, 0, 0);
    context.fillStyle = cssOf([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
    context.fill(path, "evenodd");
  }
}

function pixelOf(index: number, { colours, palette }: Appearance): number {
  return palette[colours[index] as number] as number;
}

/** What is faint as an outline, undecided or without a value, has no area in colour. */
function isFilled(index: number, appearance: Appearance): boolean {
  return appearance.styles[index] !== HIDDEN && pixelOf(index, appearance) >>> 24 === 255;
}
