import { expect, it } from "vitest";
import { reversalText } from "../src/sort/undone";

const one = { again: false, kind: "verdict", names: ["53"], word: "undecided", note: "", accepted: false } as const;

it("says which candidate an undo was about and what is said of it now", () => {
  expect(reversalText(one)).toBe("Undone: 53 is undecided.");
  expect(reversalText({ ...one, again: true, word: "cell" })).toBe("Done again: 53 is cell.");
});

it("says how many, where many were judged at once", () => {
  const names = Array.from({ length: 1200 }, (_, row) => String(row));
  expect(reversalText({ ...one, names })).toBe("Undone: 1,200 candidates; 0 is undecided.");
});

it("tells notes and merges from verdicts", () => {
  expect(reversalText({ ...one, kind: "note" })).toBe("Undone: 53 has no note.");
  expect(reversalText({ ...one, kind: "note", note: "dim" })).toBe('Undone: the note on 53 is "dim".');
  expect(reversalText({ ...one, kind: "merge", names: ["2", "292"] })).toBe(
    "Undone: what you said of 2 and 292 as one cell.",
  );
});

it("says whether the machine's labels are accepted now, be it a taking back that was undone", () => {
  expect(reversalText({ ...one, kind: "result" })).toBe("Undone: the machine's labels are not accepted any more.");
  expect(reversalText({ ...one, kind: "result", accepted: true })).toBe("Undone: the machine's labels are accepted.");
});

it("says at least that it was done where nothing is known of it", () => {
  expect(reversalText({ ...one, names: [] })).toBe("Undone.");
});
