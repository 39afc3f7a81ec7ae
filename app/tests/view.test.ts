import { describe, expect, it } from "vitest";
import {
  bringIntoView,
  fitView,
  panBy,
  scaleOfShare,
  toCanvas,
  toImage,
  viewOfBox,
  visibleBox,
  zoomAt,
  zoomShare,
} from "../src/draw/view";

const image = { width: 400, height: 200 };
const canvas = { width: 800, height: 800 };

describe("A view", () => {
  it("shows all of the image at first, in the middle", () => {
    const view = fitView(image, canvas);
    const box = visibleBox(view, canvas);
    expect(box.left).toBeLessThan(0);
    expect(box.right).toBeGreaterThan(400);
    expect(toCanvas(view, canvas, 200, 100)).toEqual([400, 400]);
  });

  it("takes image to canvas and back", () => {
    const view = { x: 31, y: 77, scale: 2.5 };
    const [x, y] = toCanvas(view, canvas, 12.25, 99);
    const [back, down] = toImage(view, canvas, x, y);
    expect(back).toBeCloseTo(12.25);
    expect(down).toBeCloseTo(99);
  });

  it("keeps what is under the pointer there while zooming", () => {
    const before = fitView(image, canvas);
    const pointer: [number, number] = [300, 350];
    const under = toImage(before, canvas, ...pointer);
    const after = zoomAt(before, image, canvas, pointer, 3);
    expect(after.scale).toBeCloseTo(before.scale * 3);
    expect(toImage(after, canvas, ...pointer)[0]).toBeCloseTo(under[0]);
    expect(toImage(after, canvas, ...pointer)[1]).toBeCloseTo(under[1]);
  });

  it("zooms no further than to ten pixels, and never loses the image", () => {
    let view = fitView(image, canvas);
    for (let times = 0; times < 50; times++) view = zoomAt(view, image, canvas, [0, 0], 2);
    expect(canvas.width / view.scale).toBeCloseTo(10);
    for (let times = 0; times < 50; times++) view = panBy(view, image, -5000, 5000);
    expect(view.x).toBe(400);
    expect(view.y).toBe(0);
  });

  it("is a place on a slider from the whole image to ten pixels, in equal ratios", () => {
    const fit = fitView(image, canvas);
    const [far, near] = [0, 1].map((share) => scaleOfShare(share, image, canvas)) as [number, number];
    expect(far).toBeCloseTo(fit.scale / 2);
    expect(canvas.width / near).toBeCloseTo(10);
    expect(scaleOfShare(0.5, image, canvas)).toBeCloseTo(Math.sqrt(far * near));
    expect(zoomShare({ ...fit, scale: scaleOfShare(0.3, image, canvas) }, image, canvas)).toBeCloseTo(0.3);
  });

  it("shows a box as large as it can be", () => {
    const view = viewOfBox({ left: 100, top: 50, right: 140, bottom: 130 }, image, canvas);
    expect(view).toEqual({ x: 120, y: 90, scale: 10 });
    const seen = visibleBox(viewOfBox({ left: 9, top: 9, right: 9, bottom: 9 }, image, canvas), canvas);
    expect(seen.right - seen.left).toBeCloseTo(10);
  });

  it("moves only where a candidate would be out of it", () => {
    const view = { x: 100, y: 100, scale: 10 };
    const inside = { left: 95, top: 95, right: 105, bottom: 105 };
    expect(bringIntoView(view, image, canvas, inside)).toBe(view);
    const moved = bringIntoView(view, image, canvas, { left: 300, top: 95, right: 310, bottom: 105 });
    expect(moved).toEqual({ x: 305, y: 100, scale: 10 });
  });
});
