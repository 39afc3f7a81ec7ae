import { expect, it } from "vitest";
import type { Candidate } from "../src/api/routes";
import { frameValues, stillValues } from "../src/draw/snapshots";

/** Two events of three frames of one by two pixels; a value is 10 + 2 codes. */
const candidate = {
  height: 1,
  width: 2,
  window: 3,
  least: 10,
  step: 2,
  codes: new Uint8Array([0, 1, 2, 3, 4, 5, 10, 20, 30, 0, 20, 10]),
} as unknown as Candidate;

it("decodes one frame of an event", () => {
  expect([...frameValues(candidate, 1, 2)]).toEqual([50, 30]);
});

it("shows mean, maximum or peak of an event", () => {
  expect([...stillValues(candidate, 0, "mean")]).toEqual([14, 16]);
  expect([...stillValues(candidate, 1, "maximum")]).toEqual([70, 50]);
  expect([...stillValues(candidate, 1, "peak")]).toEqual([70, 10]);
});

it("shows nothing where there is no movie", () => {
  const without = { ...candidate, codes: null } as Candidate;
  expect([...stillValues(without, 0, "mean")]).toEqual([0, 0]);
});
