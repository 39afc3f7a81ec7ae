import { describe, expect, it } from "vitest";
import { asDeep, depthAround, nearest, pixelUnder, placeUnder, toPane } from "../src/track/places";

const flat = (depth: number[][]) => ({
  grey: new Uint8Array(depth.flat().length),
  depth: Uint16Array.from(depth.flat()),
  height: depth.length,
  width: (depth[0] as number[]).length,
});

describe("places on the two pictures", () => {
  const projection = flat([
    [3, 3, 3, 3],
    [3, 9, 3, 3],
    [3, 3, 3, 5],
  ]);

  it("the middle of a pixel is a whole number", () => {
    expect(toPane("above", [2, 1, 3], 2.5)).toEqual([3.5, 1.5]);
    expect(toPane("side", [2, 1, 3], 2.5)).toEqual([3.5, 6.25]);
  });

  it("a click from above tells y and x exactly, and the depth at which it is brightest", () => {
    expect(placeUnder("above", projection, [3.25, 1.75], 2.5)).toEqual([3, 1.25, 2.75]);
  });

  it("a click from the side tells z and x exactly", () => {
    expect(placeUnder("side", projection, [0.5, 2.5 * 1.5], 2.5)).toEqual([1, 3, 0]);
  });

  it("a click and its place are the same point", () => {
    for (const pane of ["above", "side"] as const) {
      const place = placeUnder(pane, projection, [2.125, 1.375], 2);
      expect(toPane(pane, place as [number, number, number], 2)).toEqual([2.125, 1.375]);
    }
  });

  it("one odd pixel does not tell the depth", () => {
    expect(depthAround(projection, [1, 1])).toBe(3);
  });

  it("outside of the picture there is no place", () => {
    expect(placeUnder("above", projection, [4.1, 0], 1)).toBeNull();
    expect(pixelUnder("side", projection, [1, -0.1], 1)).toBeNull();
    expect(pixelUnder("side", projection, [1, 7.4], 2.5)).toEqual([2, 1]);
  });

  it("a click may keep the depth that the point has", () => {
    expect(asDeep("above", [9, 1, 2], [4, 0, 0])).toEqual([4, 1, 2]);
    expect(asDeep("side", [9, 1, 2], [4, 7, 0])).toEqual([9, 7, 2]);
    expect(asDeep("side", [9, 1, 2], null)).toEqual([9, 1, 2]);
  });

  it("the nearest point is found, if it is near enough and anywhere", () => {
    const points = [0, 0, NaN, NaN, 10, 0];
    expect(nearest(points, [7, 0], 5)).toBe(2);
    expect(nearest(points, [5, 3], 3)).toBe(-1);
  });
});
