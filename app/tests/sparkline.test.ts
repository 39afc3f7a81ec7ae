import { expect, test } from "vitest";
import { pathThrough } from "../src/frame/views/sparkline";

test("the line joins neighbours that are known, and breaks where one is not", () => {
  const places = [
    { x: 0, y: 4 },
    { x: 10, y: 2 },
    { x: 20, y: null },
    { x: 30, y: 8 },
    { x: 40, y: 6 },
  ];
  expect(pathThrough(places)).toBe("M0.0 4.0L10.0 2.0M30.0 8.0L40.0 6.0");
});

test("of nothing there is no line", () => {
  expect(pathThrough([{ x: 0, y: null }])).toBe("");
  expect(pathThrough([])).toBe("");
});
