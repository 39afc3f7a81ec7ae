/** Outlines of one recording's candidates: finding those at a place, and stroking them. */

import Flatbush from "flatbush";
import type { MapArrays } from "../api/routes";
import { Crowd } from "./crowd";
import type { Box } from "./view";

/** From a pixel's centre to its corner, where image coordinates begin. */
const HALF = 0.5;

export class Outlines {
  readonly count: number;
  readonly #arrays: MapArrays;
  readonly #index: Flatbush | null;
  readonly #crowd: Crowd;

  constructor(arrays: MapArrays) {
    this.#arrays = arrays;
    this.count = arrays.starts.length - 1;
    this.#index = this.count ? new Flatbush(this.count, 16, Uint16Array) : null;
    const { boxes } = arrays;
    const at = (place: number) => boxes[place] as number;
    for (let place = 0; place + 3 < boxes.length; place += 4) {
      this.#index?.add(at(place + 1), at(place), at(place + 3), at(place + 2));
    }
    this.#index?.finish();
    this.#crowd = new Crowd(boxes);
  }

  /** About how many candidates lie in a box; for more than a few this is much quicker than `within`. */
  about(box: Box): number {
    return this.#crowd.within(box);
  }

  box(index: number): Box {
    const [top, left, bottom, right] = this.#arrays.boxes.subarray(index * 4, index * 4 + 4);
    return { left: left ?? 0, top: top ?? 0, right: right ?? 0, bottom: bottom ?? 0 };
  }

  /** (x, y) of the middle in image coordinates; not finite for an empty footprint. */
  centre(index: number): [number, number] {
    const { centres } = this.#arrays;
    return [(centres[2 * index + 1] ?? NaN) + HALF, (centres[2 * index] ?? NaN) + HALF];
  }

  /** Candidates whose box meets a box. */
  within(box: Box): readonly number[] {
    const last = 65535;
    const whole = (value: number) => Math.min(Math.max(Math.floor(value), 0), last);
    return (
      this.#index?.search(
        whole(box.left),
        whole(box.top),
        whole(box.right + 1),
        whole(box.bottom + 1),
      ) ?? []
    );
  }

  /** Candidates whose outline encloses a place, the smallest first. */
  at(x: number, y: number): readonly number[] {
    return this.within({ left: x, top: y, right: x, bottom: y })
      .filter((index) => this.#encloses(index, x, y))
      .sort((first, second) => area(this.box(first)) - area(this.box(second)));
  }

  /** Candidates whose centre lies in a polygon. */
  inPolygon(polygon: readonly (readonly [number, number])[]): readonly number[] {
    const xs = polygon.map(([x]) => x);
    const ys = polygon.map(([, y]) => y);
    const around = {
      left: Math.min(...xs),
      top: Math.min(...ys),
      right: Math.max(...xs),
      bottom: Math.max(...ys),
    };
    return this.within(around).filter((index) => {
      const [x, y] = this.centre(index);
      let inside = false;
      polygon.forEach((point, number) => {
        const before = polygon[(number || polygon.length) - 1] as readonly [number, number];
        if (crosses(before[0], before[1], point[0], point[1], x, y)) inside = !inside;
      });
      return inside;
    });
  }

  /** Call for every side of an outline, with its ends in image coordinates. */
  eachSide(index: number, side: (x0: number, y0: number, x1: number, y1: number) => void): void {
    const { points, parts, starts, scale, offset } = this.#arrays;
    const move = HALF - offset;
    const at = (place: number) => (points[place] as number) / scale + move;
    for (let part = starts[index] as number; part < (starts[index + 1] as number); part++) {
      const end = (parts[part + 1] as number) * 2;
      for (let place = (parts[part] as number) * 2; place + 3 < end; place += 2) {
        side(at(place + 1), at(place), at(place + 3), at(place + 2));
      }
    }
  }

  /** Add an outline to a path, with its image coordinates scaled and moved. */
  trace(path: Path2D, index: number, scale: number, right: number, down: number): void {
    const { points, parts, starts, offset } = this.#arrays;
    const step = scale / this.#arrays.scale;
    const x0 = right + (HALF - offset) * scale;
    const y0 = down + (HALF - offset) * scale;
    for (let part = starts[index] as number; part < (starts[index + 1] as number); part++) {
      const begin = (parts[part] as number) * 2;
      const end = (parts[part + 1] as number) * 2;
      for (let place = begin; place < end; place += 2) {
        const x = (points[place + 1] as number) * step + x0;
        const y = (points[place] as number) * step + y0;
        if (place === begin) path.moveTo(x, y);
        else path.lineTo(x, y);
      }
    }
  }

  #encloses(index: number, x: number, y: number): boolean {
    let inside = false;
    this.eachSide(index, (x0, y0, x1, y1) => {
      if (crosses(x0, y0, x1, y1, x, y)) inside = !inside;
    });
    return inside;
  }
}

/** Whether a ray from (x, y) to the right crosses a side. */
function crosses(x0: number, y0: number, x1: number, y1: number, x: number, y: number): boolean {
  return y0 > y !== y1 > y && x < ((x1 - x0) * (y - y0)) / (y1 - y0) + x0;
}

function area({ left, top, right, bottom }: Box): number {
  return (right - left) * (bottom - top);
}
