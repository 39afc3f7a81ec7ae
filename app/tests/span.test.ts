import { expect, it } from "vitest";
import { FEWEST_FRAMES, panned, spanNear, zoomed } from "../src/draw/span";

it("shows all frames where no fewer are wished for", () => {
  expect(spanNear(-3, 500, 400)).toBeNull();
  expect(spanNear(0, 400, 400)).toBeNull();
  expect(zoomed([100, 300], 2, 200, 400)).toBeNull();
});

it("stays within the trace and never shows too few frames", () => {
  expect(spanNear(-10, 100, 400)).toEqual([0, 100]);
  expect(spanNear(300, 900, 400)).toEqual([300, 400]);
  expect(spanNear(399, 399, 400)).toEqual([400 - FEWEST_FRAMES, 400]);
});

it("shows a trace that is shorter than that whole", () => {
  expect(spanNear(3, 5, FEWEST_FRAMES - 1)).toBeNull();
});

it("keeps the frame in its place that is zoomed about", () => {
  const [begin, end] = zoomed([0, 1000], 0.5, 200, 1000) ?? [];
  expect([begin, end]).toEqual([100, 600]);
});

it("moves no further than the trace goes, and keeps its length", () => {
  expect(panned([100, 200], 0.5, 400)).toEqual([150, 250]);
  expect(panned([100, 200], -5, 400)).toEqual([0, 100]);
  expect(panned([100, 200], 5, 400)).toEqual([300, 400]);
});
