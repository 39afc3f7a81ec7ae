import { expect, it } from "vitest";
import { divide, extremes } from "../src/draw/decimate";

it("keeps a short trace as it is", () => {
  const points = divide(2, 6, 100);
  expect([...points.frames]).toEqual([2, 3, 4, 5]);
  expect([...extremes(new Float32Array([9, 9, 1, 2, 3, 4]), points)]).toEqual([1, 2, 3, 4]);
});

it("keeps every extreme of a long one, in the order they come", () => {
  const trace = new Float32Array(1000);
  trace[123] = 7;
  trace[130] = -4;
  trace[871] = 9;
  const points = divide(0, 1000, 10);
  const values = extremes(trace, points);
  expect(values).toHaveLength(20);
  expect([...values.slice(2, 4)]).toEqual([7, -4]);
  expect(Math.max(...values)).toBe(9);
  expect(Math.min(...values)).toBe(-4);
});

it("never draws a frame twice nor out of order", () => {
  const { frames } = divide(17, 4321, 333);
  expect(frames[0]).toBe(17);
  for (let index = 1; index < frames.length; index++) {
    expect(frames[index]).toBeGreaterThan(frames[index - 1] as number);
  }
});

it("survives an empty range", () => {
  expect(extremes(new Float32Array(), divide(0, 0, 10)).every((value) => !Number.isFinite(value))).toBe(true);
});
