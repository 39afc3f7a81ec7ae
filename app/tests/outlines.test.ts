import { describe, expect, it } from "vitest";
import type { MapArrays } from "../src/api/routes";
import { Outlines } from "../src/draw/outlines";

/** Squares around pixel centres, as the server sends them. */
function squares(...places: { y: number; x: number; half: number }[]): Outlines {
  const scale = 8;
  const offset = 1;
  const points = places.flatMap(({ y, x, half }) =>
    [
      [y - half, x - half],
      [y - half, x + half],
      [y + half, x + half],
      [y + half, x - half],
      [y - half, x - half],
    ].flat(),
  );
  const arrays: MapArrays = {
    scale,
    offset,
    points: Uint16Array.from(points, (value) => Math.round(scale * (value + offset))),
    parts: Uint32Array.from({ length: places.length + 1 }, (_, index) => 5 * index),
    starts: Uint32Array.from({ length: places.length + 1 }, (_, index) => index),
    centres: Float32Array.from(places.flatMap(({ y, x }) => [y, x])),
    boxes: Uint16Array.from(
      places.flatMap(({ y, x, half }) => [y - half, x - half, y + half + 1, x + half + 1]),
    ),
  };
  return new Outlines(arrays);
}

describe("Outlines", () => {
  const outlines = squares(
    { y: 50, x: 100, half: 10 },
    { y: 52, x: 102, half: 3 },
    { y: 80, x: 20, half: 5 },
  );

  it("are found at a place, the smallest first", () => {
    expect(outlines.at(102.5, 52.5)).toEqual([1, 0]);
    expect(outlines.at(92, 42)).toEqual([0]);
    expect(outlines.at(60, 60)).toEqual([]);
  });

  it("have their pixels' centres half a pixel from the image's corner", () => {
    expect(outlines.centre(2)).toEqual([20.5, 80.5]);
    const ends: number[] = [];
    outlines.eachSide(2, (x0, y0) => ends.push(x0, y0));
    expect(ends.slice(0, 4)).toEqual([15.5, 75.5, 25.5, 75.5]);
  });

  it("are in a lasso when their centre is", () => {
    const lasso: [number, number][] = [[90, 40], [120, 40], [120, 70], [90, 70]];
    expect([...outlines.inPolygon(lasso)].sort()).toEqual([0, 1]);
    const besideTheCentre: [number, number][] = [[92, 42], [99, 42], [99, 49], [92, 49]];
    expect(outlines.inPolygon(besideTheCentre)).toEqual([]);
  });

  it("may be none", () => {
    expect(squares().at(1, 1)).toEqual([]);
  });
});
