import { expect, test } from "vitest";
import type { Accepted } from "../src/api/types";
import { acceptedText, sinceText } from "../src/sort/accepted";
import { effortText } from "../src/sort/effort";
import { relabelled } from "../src/sort/relabelled";

const accepted: Accepted = {
  time_utc: "2026-03-04T12:00:00+00:00",
  answers: 1200,
  answers_now: 1200,
  target: "balanced",
  threshold: 0.4,
  counts: { "not cell": 3, cell: 4 },
};

test("an acceptance says when it was, and on how many answers it rests", () => {
  expect(acceptedText(accepted)).toMatch(/4 Mar 2026.*1,200 answers: exports give these labels/);
  expect(acceptedText({ ...accepted, answers: 1 })).toMatch(/on 1 answer:/);
  expect(acceptedText(null)).toMatch(/^Taken back/);
});

test("an accepted result that cannot be read says why", () => {
  expect(acceptedText({ ...accepted, trouble: "It is damaged." })).toBe("It is damaged.");
});

test("answers that came since are counted, and said to outrank it", () => {
  expect(sinceText(accepted)).toBe("No answer came since.");
  expect(sinceText({ ...accepted, answers_now: 1201 })).toMatch(/^1 answer has come since; .*outrank/);
  expect(sinceText({ ...accepted, answers_now: 1230 })).toMatch(/^30 answers have come since/);
});

test("the effort of an audit is told at one's own pace once that is known", () => {
  expect(effortText(100, 6)).toBe("100 questions, about 10 minutes at your pace.");
  expect(effortText(100, null)).toBe("100 questions, about 5 minutes at 3 seconds an answer.");
  expect(effortText(1, 1)).toBe("1 question, about a minute at your pace.");
  expect(effortText(0, 1)).toMatch(/nothing to audit/);
});

test("another threshold relabels what may be seen, and shows nothing that is hidden", () => {
  const labels = {
    version: 1,
    decided: Int8Array.of(-1, -1, -1, 1),
    predicted: Int8Array.of(0, 1, -1, 1),
    probability: Float32Array.of(0.2, 0.6, NaN, 0.9),
  };
  expect([...relabelled(labels, 0.1).predicted]).toEqual([1, 1, -1, 1]);
  expect([...relabelled(labels, 0.6).predicted]).toEqual([0, 0, -1, 1]);
  expect(relabelled(labels, 0.1).decided).toBe(labels.decided);
});
