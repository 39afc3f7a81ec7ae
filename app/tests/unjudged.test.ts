import { expect, test } from "vitest";
import { unjudged } from "../src/sort/unjudged";

const LABELS = {
  version: 3,
  decided: Int8Array.of(1, 0, -1),
  predicted: Int8Array.of(1, 1, -1),
  probability: Float32Array.of(0.75, 0.5, NaN),
};

test("a candidate that is asked again looks as one that was never judged", () => {
  const seen = unjudged(LABELS, new Set([1]), false);
  expect([...seen.decided]).toEqual([1, -1, -1]);
  expect([...seen.predicted]).toEqual([1, -1, -1]);
  expect([...seen.probability]).toEqual([0.75, NaN, NaN]);
});

test("while predictions are shown its prediction is, as of all that are undecided", () => {
  const seen = unjudged(LABELS, new Set([1]), true);
  expect([...seen.decided]).toEqual([1, -1, -1]);
  expect([...seen.predicted]).toEqual([1, 1, -1]);
});

test("what is known stays as it is", () => {
  unjudged(LABELS, new Set([0, 1]), false);
  expect([...LABELS.decided]).toEqual([1, 0, -1]);
  expect(unjudged(LABELS, new Set(), false)).toBe(LABELS);
});
