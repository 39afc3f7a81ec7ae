/** How many boxes lie in a part of the image, roughly and at once: from sums over a grid. */

import type { Box } from "./view";

const CELLS = 64;

export class Crowd {
  /** At (row, column) the number of centres above and to the left, `CELLS + 1` a row. */
  readonly #sums = new Uint32Array((CELLS + 1) ** 2);
  readonly #height: number;
  readonly #width: number;

  /** Boxes as top, left, bottom, right, one after the other. */
  constructor(boxes: ArrayLike<number>) {
    let height = 1;
    let width = 1;
    for (let place = 0; place + 3 < boxes.length; place += 4) {
      height = Math.max(height, boxes[place + 2] as number);
      width = Math.max(width, boxes[place + 3] as number);
    }
    this.#height = height;
    this.#width = width;
    this.#count(boxes);
  }

  /** About how many boxes have their centre in a box of the image. */
  within({ left, top, right, bottom }: Box): number {
    const row = (y: number) => limit(y / this.#height);
    const column = (x: number) => limit(x / this.#width);
    const [above, below] = [Math.floor(row(top)), Math.ceil(row(bottom))];
    const [before, after] = [Math.floor(column(left)), Math.ceil(column(right))];
    const at = (y: number, x: number) => this.#sums[y * (CELLS + 1) + x] as number;
    return at(below, after) - at(above, after) - at(below, before) + at(above, before);
  }

  #count(boxes: ArrayLike<number>): void {
    const sums = this.#sums;
    const cell = (low: number, high: number, length: number) =>
      Math.min(Math.floor((((low + high) / 2) * CELLS) / length), CELLS - 1);
    for (let place = 0; place + 3 < boxes.length; place += 4) {
      const row = cell(boxes[place] as number, boxes[place + 2] as number, this.#height);
      const column = cell(boxes[place + 1] as number, boxes[place + 3] as number, this.#width);
      (sums[(row + 1) * (CELLS + 1) + column + 1] as number)++;
    }
    for (let row = 1; row <= CELLS; row++) {
      let along = 0;
      for (let column = 1; column <= CELLS; column++) {
        const here = row * (CELLS + 1) + column;
        along += sums[here] as number;
        sums[here] = along + (sums[here - CELLS - 1] as number);
      }
    }
  }
}

function limit(share: number): number {
  return Math.min(Math.max(share, 0), 1) * CELLS;
}
