import { expect, it } from "vitest";
import { readTarget, writeTarget } from "../src/sort/target";

it.each(["", "balanced", "as-annotator", "false-cells=5%", "cells-kept=95%", "threshold=65%"])(
  "reads and writes %s the same",
  (text) => expect(writeTarget(readTarget(text))).toBe(text),
);

it("reads a probability as well as percent", () => {
  expect(readTarget("threshold=0.65").value).toBeCloseTo(65);
});
