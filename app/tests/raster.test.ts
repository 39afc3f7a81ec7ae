import { expect, it } from "vitest";
import { DASHED, Pen, THICK, THIN, type Raster } from "../src/draw/raster";

function draw(style: number, width: number, height: number, ...line: [number, number, number, number]): string[] {
  const raster: Raster = { pixels: new Uint32Array(width * height), width, height };
  const pen = new Pen(raster, false);
  pen.take(1, style);
  pen.line(...line);
  return Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => (raster.pixels[y * width + x] ? "#" : ".")).join(""),
  );
}

it("draws a slanting line without gaps, its last point left to the next line", () => {
  expect(draw(THIN, 6, 3, 0.2, 0.9, 5.7, 2.1)).toEqual(["##....", "..##..", "....#."]);
});

it("draws a thick line two pixels wide", () => {
  expect(draw(THICK, 4, 3, 0, 0, 3, 0)).toEqual(["####", "####", "...."]);
});

it("leaves gaps in a dashed line, five pixels on and three off", () => {
  expect(draw(DASHED, 16, 1, 0, 0, 16, 0)).toEqual(["#####...#####..."]);
});

it("runs dashes on over lines that lie outside", () => {
  const raster: Raster = { pixels: new Uint32Array(8), width: 8, height: 1 };
  const pen = new Pen(raster, false);
  pen.take(1, DASHED);
  pen.line(-20, 50, -14, 50);
  pen.line(0, 0, 8, 0);
  expect([...raster.pixels]).toEqual([0, 0, 1, 1, 1, 1, 1, 0]);
});

it("draws nothing beyond the raster's edges", () => {
  expect(draw(THIN, 3, 2, -5, 0, 8, 0)).toEqual(["###", "..."]);
});
