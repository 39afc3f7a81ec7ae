import { expect, it } from "vitest";
import { NO_FILTER, orderRows, type Ordering } from "../src/sort/ordering";

const order = (given: Partial<Ordering>) =>
  [
    ...orderRows({
      keys: null,
      descending: false,
      filter: NO_FILTER,
      names: ["a1", "a2", "B1", "b2", "c"],
      decided: [-1, 0, 1, -1, -2],
      filtered: null,
      range: [0, 5],
      noted: new Set([1, 4]),
      ...given,
    }),
  ];

it("keeps the data's order unless told otherwise", () => {
  expect(order({})).toEqual([0, 1, 2, 3, 4]);
  expect(order({ descending: true })).toEqual([4, 3, 2, 1, 0]);
});

it("sorts by numbers, equal ones as they came, missing ones last either way", () => {
  const keys = [2, NaN, 1, 2, 3];
  expect(order({ keys })).toEqual([2, 0, 3, 4, 1]);
  expect(order({ keys, descending: true })).toEqual([4, 0, 3, 2, 1]);
});

it("filters by name without regard to case, by decision and by value", () => {
  expect(order({ filter: { ...NO_FILTER, text: "b" } })).toEqual([2, 3]);
  expect(order({ filter: { ...NO_FILTER, decisions: [-1] } })).toEqual([0, 3]);
  const filtered = [0.1, 0.5, NaN, 0.9, 0.6];
  expect(order({ filter: { ...NO_FILTER, column: "p", least: 0.5 }, filtered })).toEqual([1, 3, 4]);
  expect(order({ filter: { ...NO_FILTER, column: "p", least: 0.5, most: 0.6 }, filtered })).toEqual([1, 4]);
});

it("lists one recording, or what was noted on", () => {
  expect(order({ range: [2, 5] })).toEqual([2, 3, 4]);
  expect(order({ filter: { ...NO_FILTER, noted: true } })).toEqual([1, 4]);
  expect(order({ filter: { ...NO_FILTER, noted: true }, range: [2, 5] })).toEqual([4]);
});
