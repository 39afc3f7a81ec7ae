import { expect, it } from "vitest";
import { adjust, paintValues, quantileLevels } from "../src/draw/levels";

const ramp = Uint32Array.from({ length: 256 }, (_, index) => index + 1);

it("paints black, white and what lies between, and nothing where there is no value", () => {
  const pixels = new Uint32Array(6);
  paintValues([-5, 10, 15, 20, 99, NaN], { black: 10, white: 20 }, ramp, pixels);
  expect([...pixels]).toEqual([1, 1, 128 + 1, 256, 256, 0]);
});

it("takes levels from quantiles, passing over what is not finite", () => {
  const values = Float32Array.from({ length: 1002 }, (_, index) => (index < 1001 ? index : Infinity));
  expect(quantileLevels(values, 0.1, 0.9)).toEqual({ black: 100, white: 900 });
  expect(quantileLevels(new Float32Array([NaN]), 0.1, 0.9)).toEqual({ black: 0, white: 1 });
});

it("changes contrast in shares of the automatic range", () => {
  expect(adjust({ black: 100, white: 300 }, { black: 0.25, white: 1.5 })).toEqual({
    black: 150,
    white: 400,
  });
});
