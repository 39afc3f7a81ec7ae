/** A map of outlines kept as tiles of pixels, made when they come into view, a few ms a frame. */

import type { Outlines } from "./outlines";
import { HIDDEN, Pen, type Raster } from "./raster";
import { visibleBox, type Box, type Size, type View } from "./view";

const TILE = 512;
const BUDGET_MS = 12;
const MOST_TILES = 96;
const ROWS_A_CHECK = 200;
/** With more changes than this, tiles are made anew rather than in parts. */
const MOST_PARTS = 200;
/** Outlines reach this far beyond their box, in canvas pixels. */
const REACH = 3;

/** What each candidate's outline looks like. */
export interface Appearance {
  /** Number of the colour of each candidate. */
  readonly colours: Uint8Array;
  /** Line style of each candidate, as `raster` names them. */
  readonly styles: Uint8Array;
  /** The colours as pixels. */
  readonly palette: Uint32Array;
}

interface Tile {
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly canvas: OffscreenCanvas;
  rows: readonly number[] | null;
  done: number;
  /** Whether there is a picture on it, of now or of an earlier look. */
  painted: boolean;
  raster: (Raster & { image: ImageData }) | null;
}

export class OutlineTiles {
  readonly #outlines: Outlines;
  readonly #tiles = new Map<string, Tile>();
  #appearance: Appearance;
  readonly #wide: boolean;

  constructor(outlines: Outlines, appearance: Appearance, wide: boolean) {
    this.#outlines = outlines;
    this.#appearance = appearance;
    this.#wide = wide;
  }

  /** Take another appearance; only what changed is drawn again, if that is said. */
  change(appearance: Appearance, changed: readonly number[] | null): void {
    this.#appearance = appearance;
    if (changed === null || changed.length > MOST_PARTS) this.#tiles.forEach(begin);
    else for (const index of changed) this.#repaint(this.#outlines.box(index));
  }

  /** Draw what is there; returns whether more is to be made. */
  draw(context: CanvasRenderingContext2D, view: View, canvas: Size): boolean {
    const level = Math.round(Math.log2(view.scale));
    const deadline = performance.now() + BUDGET_MS;
    const missing: Tile[] = [];
    for (const tile of this.#inView(level, visibleBox(view, canvas))) {
      if (!this.#make(tile, deadline)) missing.push(tile);
      else this.#paste(context, view, canvas, tile, tile);
    }
    for (const tile of missing) {
      const parent = tile.painted ? tile : this.#paintedParent(tile);
      if (parent) this.#paste(context, view, canvas, parent, tile);
    }
    this.#forget();
    return missing.length > 0;
  }

  #inView(level: number, box: Box): Tile[] {
    const side = TILE / 2 ** level;
    const tiles: Tile[] = [];
    for (let row = Math.floor(box.top / side); row * side < box.bottom; row++) {
      for (let column = Math.floor(box.left / side); column * side < box.right; column++) {
        if (row >= 0 && column >= 0) tiles.push(this.#tile(level, column, row));
      }
    }
    return tiles;
  }

  #tile(level: number, column: number, row: number): Tile {
    const key = `${level}/${column}/${row}`;
    const canvas = () => new OffscreenCanvas(TILE, TILE);
    const tile = this.#tiles.get(key) ?? {
      level,
      column,
      row,
      canvas: canvas(),
      rows: null,
      done: 0,
      painted: false,
      raster: null,
    };
    this.#tiles.delete(key);
    this.#tiles.set(key, tile);
    return tile;
  }

  /** Work on a tile until it is made or time is up; returns whether it is made. */
  #make(tile: Tile, deadline: number): boolean {
    if (tile.rows && tile.done >= tile.rows.length) return true;
    if (performance.now() > deadline) return false;
    tile.rows ??= this.#outlines.within(grown(tileBox(tile), REACH / 2 ** tile.level));
    tile.raster ??= newRaster(TILE, TILE);
    while (tile.done < tile.rows.length && performance.now() < deadline) {
      const some = tile.rows.slice(tile.done, tile.done + ROWS_A_CHECK);
      this.#rasterise(some, tile.raster, tile.level, tile.column * TILE, tile.row * TILE);
      tile.done += some.length;
    }
    if (tile.done < tile.rows.length) return false;
    tile.canvas.getContext("2d")?.putImageData(tile.raster.image, 0, 0);
    tile.raster = null;
    tile.painted = true;
    return true;
  }

  #rasterise(
    rows: readonly number[],
    raster: Raster,
    level: number,
    right: number,
    down: number,
  ): void {
    const { colours, styles, palette } = this.#appearance;
    const pen = new Pen(raster, this.#wide);
    const scale = 2 ** level;
    const side = (x0: number, y0: number, x1: number, y1: number) =>
      pen.line(x0 * scale - right, y0 * scale - down, x1 * scale - right, y1 * scale - down);
    for (const index of rows) {
      const style = styles[index] as number;
      if (style === HIDDEN) continue;
      pen.take(palette[colours[index] as number] as number, style);
      this.#outlines.eachSide(index, side);
    }
  }

  /** Draw a part of the image again in every tile that is made. */
  #repaint(box: Box): void {
    for (const tile of this.#tiles.values()) {
      const scale = 2 ** tile.level;
      const left = Math.max(Math.floor(box.left * scale) - REACH - tile.column * TILE, 0);
      const top = Math.max(Math.floor(box.top * scale) - REACH - tile.row * TILE, 0);
      const right = Math.min(Math.ceil(box.right * scale) + REACH - tile.column * TILE, TILE);
      const bottom = Math.min(Math.ceil(box.bottom * scale) + REACH - tile.row * TILE, TILE);
      if (left >= right || top >= bottom) continue;
      if (!tile.rows || tile.done < tile.rows.length) {
        begin(tile);
        continue;
      }
      const raster = newRaster(right - left, bottom - top);
      const x = tile.column * TILE + left;
      const y = tile.row * TILE + top;
      const part = {
        left: x / scale,
        top: y / scale,
        right: (x + raster.width) / scale,
        bottom: (y + raster.height) / scale,
      };
      const rows = this.#outlines.within(grown(part, REACH / scale));
      this.#rasterise(rows, raster, tile.level, x, y);
      tile.canvas.getContext("2d")?.putImageData(raster.image, left, top);
    }
  }

  #paintedParent(tile: Tile): Tile | null {
    for (let up = 1; up <= 6; up++) {
      const column = tile.column >> up;
      const parent = this.#tiles.get(`${tile.level - up}/${column}/${tile.row >> up}`);
      if (parent?.painted) return parent;
    }
    return null;
  }

  /** Put the part of a tile that `onto` covers where `onto` lies. */
  #paste(
    context: CanvasRenderingContext2D,
    view: View,
    canvas: Size,
    from: Tile,
    onto: Tile,
  ): void {
    const box = tileBox(onto);
    const scale = 2 ** from.level;
    const width = (box.right - box.left) * scale;
    context.drawImage(
      from.canvas,
      box.left * scale - from.column * TILE,
      box.top * scale - from.row * TILE,
      width,
      width,
      (box.left - view.x) * view.scale + canvas.width / 2,
      (box.top - view.y) * view.scale + canvas.height / 2,
      (box.right - box.left) * view.scale,
      (box.bottom - box.top) * view.scale,
    );
  }

  #forget(): void {
    for (const key of this.#tiles.keys()) {
      if (this.#tiles.size <= MOST_TILES) return;
      this.#tiles.delete(key);
    }
  }
}

/** Have a tile made again; until then what is on it is shown. */
function begin(tile: Tile): void {
  tile.rows = null;
  tile.raster = null;
  tile.done = 0;
}

function newRaster(width: number, height: number): Raster & { image: ImageData } {
  const image = new ImageData(width, height);
  return { image, pixels: new Uint32Array(image.data.buffer), width, height };
}

function tileBox({ level, column, row }: Tile): Box {
  const side = TILE / 2 ** level;
  return {
    left: column * side,
    top: row * side,
    right: (column + 1) * side,
    bottom: (row + 1) * side,
  };
}

function grown({ left, top, right, bottom }: Box, by: number): Box {
  return { left: left - by, top: top - by, right: right + by, bottom: bottom + by };
}
