/** Outlines as pixels, drawn by Bresenham's algorithm: the only way that stays fast without a GPU. */

/** How a line is drawn; 0 is not at all. */
export const HIDDEN = 0;
export const THIN = 1;
export const THICK = 2;
export const DASHED = 3;
export const DOTTED = 4;
/** As wide as THICK, in long pieces or in short ones. */
export const BROKEN = 5;
export const BEADED = 6;

const WIDE_STYLES: ReadonlySet<number> = new Set([THICK, BROKEN, BEADED]);

export function isThick(style: number): boolean {
  return WIDE_STYLES.has(style);
}

/** Canvas dashes that go with the styles, in line widths. */
export const DASHES: Readonly<Record<number, readonly number[]>> = {
  [THIN]: [],
  [THICK]: [],
  [DASHED]: [5, 3],
  [DOTTED]: [1.5, 2.5],
  [BROKEN]: [4, 1.5],
  [BEADED]: [1.5, 1.5],
};

export interface Raster {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** A pen that remembers how far along the outline it is, so that dashes run on over corners. */
export class Pen {
  readonly #raster: Raster;
  readonly #wide: boolean;
  #along = 0;
  #colour = 0;
  #style = THIN;

  /** A wide pen draws two pixels where a narrow one draws one, for dense screens. */
  constructor(raster: Raster, wide: boolean) {
    this.#raster = raster;
    this.#wide = wide;
  }

  take(colour: number, style: number): void {
    this.#along = 0;
    this.#colour = colour;
    this.#style = style;
  }

  line(x0: number, y0: number, x1: number, y1: number): void {
    let x = Math.floor(x0);
    let y = Math.floor(y0);
    const endX = Math.floor(x1);
    const endY = Math.floor(y1);
    const across = Math.abs(endX - x);
    const down = -Math.abs(endY - y);
    if (this.#misses(x, y, endX, endY)) {
      this.#along += Math.max(across, -down);
      return;
    }
    const right = x < endX ? 1 : -1;
    const below = y < endY ? 1 : -1;
    let error = across + down;
    while (x !== endX || y !== endY) {
      this.#dot(x, y);
      const twice = 2 * error;
      if (twice >= down) {
        error += down;
        x += right;
      }
      if (twice <= across) {
        error += across;
        y += below;
      }
    }
  }

  #misses(x0: number, y0: number, x1: number, y1: number): boolean {
    const { width, height } = this.#raster;
    return (
      Math.max(x0, x1) < -2 || Math.max(y0, y1) < -2 || Math.min(x0, x1) > width || Math.min(y0, y1) > height
    );
  }

  #dot(x: number, y: number): void {
    const along = this.#along++;
    if (this.#style === DASHED && along % 8 >= 5) return;
    if (this.#style === DOTTED && along % 4 >= 2) return;
    if (this.#style === BROKEN && along % 11 >= 8) return;
    if (this.#style === BEADED && along % 6 >= 3) return;
    this.#set(x, y);
    const thick = isThick(this.#style);
    if (!this.#wide && !thick) return;
    this.#set(x + 1, y);
    this.#set(x, y + 1);
    this.#set(x + 1, y + 1);
    if (this.#wide && thick) {
      this.#set(x - 1, y);
      this.#set(x, y - 1);
    }
  }

  #set(x: number, y: number): void {
    const { pixels, width, height } = this.#raster;
    if (x >= 0 && y >= 0 && x < width && y < height) pixels[y * width + x] = this.#colour;
  }
}
