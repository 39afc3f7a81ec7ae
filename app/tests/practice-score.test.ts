import { expect, test } from "vitest";
import { foundText, mistakesOf, scoreOf, type Practised } from "../src/sort/practice-score";

const CLASSES = ["not cell", "cell"];
const asked = (row: number, said: string | null, known: string | null): Practised => ({ row, said, known });

const RUN = [
  asked(4, "cell", "cell"),
  asked(9, "not cell", "cell"),
  asked(2, "not cell", "not cell"),
  asked(7, "unsure", "cell"),
  asked(5, "cell", null),
  asked(1, null, null),
];

test("only what was answered and told counts", () => {
  expect(scoreOf(RUN, CLASSES)).toEqual({
    asked: 4,
    right: 2,
    classes: [
      { asked: 1, right: 1 },
      { asked: 3, right: 1 },
    ],
  });
});

test("an answer other than the known one is a mistake, unsure too", () => {
  expect(mistakesOf(RUN).map(({ row }) => row)).toEqual([9, 7]);
});

test("before the first answer there is nothing", () => {
  expect(foundText(scoreOf([asked(1, null, null)], CLASSES))).toBe("0 of 0");
});
