import { describe, expect, it } from "vitest";
import { DOUBTED, HIDDEN, IS_HIDDEN, IS_NOT_TRACKED, IS_OUT_OF_VIEW, IS_SEEN, IS_VEILED, NOBODY, SEEN } from "../src/track/api";
import { COLOURS, markOf, WORDS } from "../src/track/marks";

const points = (said: number, visibility: number, score: number) => ({
  frame: 0,
  flags: 0,
  position: new Float32Array(3),
  score: Float32Array.of(score),
  visibility: Uint8Array.of(visibility),
  said: Uint8Array.of(said),
});

describe("what a point looks like", () => {
  it.each([
    ["said", SEEN, IS_SEEN, 1],
    ["said hidden", HIDDEN, IS_HIDDEN, 1],
    ["seen", NOBODY, IS_SEEN, 0.9],
    ["seen", DOUBTED, IS_SEEN, 0.9],
    ["doubtful", NOBODY, IS_SEEN, 0.2],
    ["hidden", NOBODY, IS_HIDDEN, 0.9],
    ["gone", NOBODY, IS_OUT_OF_VIEW, NaN],
    ["gone", NOBODY, IS_NOT_TRACKED, NaN],
    ["veiled", NOBODY, IS_VEILED, NaN],
  ] as const)("is %s", (mark, said, visibility, score) => {
    expect(markOf(points(said, visibility, score), 0)).toBe(mark);
  });

  it("every mark has a colour and words", () => {
    expect(Object.keys(COLOURS)).toEqual(Object.keys(WORDS));
  });
});
