import { describe, expect, it } from "vitest";
import { Crowd } from "../src/draw/crowd";

/** A box of two pixels around each point of a grid of 100 by 100, ten pixels apart. */
const boxes = Uint16Array.from({ length: 10_000 }, (_, index) => index).reduce<number[]>((all, index) => {
  const y = 10 * Math.floor(index / 100) + 5;
  const x = 10 * (index % 100) + 5;
  all.push(y - 1, x - 1, y + 1, x + 1);
  return all;
}, []);

describe("A crowd of boxes", () => {
  const crowd = new Crowd(boxes);

  it("is all there in the whole image, and nobody outside", () => {
    expect(crowd.within({ left: -50, top: -50, right: 2000, bottom: 2000 })).toBe(10_000);
    expect(crowd.within({ left: 2000, top: 2000, right: 3000, bottom: 3000 })).toBe(0);
  });

  it("is counted in a part to within the parts of a grid around it", () => {
    const part = { left: 200, top: 300, right: 600, bottom: 500 };
    const inside = 40 * 20;
    expect(crowd.within(part)).toBeGreaterThanOrEqual(inside);
    expect(crowd.within(part)).toBeLessThanOrEqual(inside * 1.3);
  });

  it("may be empty", () => {
    expect(new Crowd([]).within({ left: 0, top: 0, right: 10, bottom: 10 })).toBe(0);
  });
});
