import { expect, it } from "vitest";
import { arrange } from "../src/draw/arrange";

it("puts panes side by side in a wide place", () => {
  expect(arrange(6, 1000, 180, 8, 20)).toEqual({ columns: 6, rows: 1, side: 160 });
});

it("takes a second row where that makes them larger", () => {
  const { columns, rows, side } = arrange(6, 560, 330, 6, 26);
  expect([columns, rows]).toEqual([3, 2]);
  expect(side).toBeGreaterThan((560 - 5 * 6) / 6);
});

it("never overflows its place", () => {
  for (const [width, height] of [[300, 90], [90, 300], [517, 333], [20, 20]] as const) {
    const { columns, rows, side } = arrange(6, width, height, 4, 10);
    if (side === 1) continue;
    expect(columns * side + (columns - 1) * 4).toBeLessThanOrEqual(width);
    expect(rows * (side + 10) + (rows - 1) * 4).toBeLessThanOrEqual(height);
  }
});
