import { describe, expect, it } from "vitest";
import { ANNOTATED, REFERENCE, STALE } from "../src/track/api";
import { columnsOf, doubtLimit, nearestFrame, nextOf } from "../src/track/line";

const timeline = (lowest: number[], flags: number[]) => ({
  lowest: Float32Array.from(lowest),
  flags: Uint8Array.from(flags),
});

describe("the timeline", () => {
  it("no frame is lost where there are more than columns", () => {
    const lowest = Array.from({ length: 1000 }, (_, frame) => (frame === 503 ? 0.25 : 1));
    const flags = Array.from({ length: 1000 }, (_, frame) => (frame === 7 ? REFERENCE : frame === 8 ? STALE : 0));
    const columns = columnsOf(timeline(lowest, flags), 100);
    expect([...columns.doubt].filter((doubt) => doubt > 0)).toEqual([0.75]);
    expect(columns.doubt[50]).toBe(0.75);
    expect(columns.flags[0]).toBe(REFERENCE | STALE);
  });

  it("each frame has its columns where there are fewer", () => {
    const columns = columnsOf(timeline([1, 0.5], [0, ANNOTATED]), 4);
    expect([...columns.doubt]).toEqual([0, 0, 0.5, 0.5]);
    expect([...columns.flags]).toEqual([0, 0, ANNOTATED, ANNOTATED]);
  });

  it("a frame without a score is not doubtful", () => {
    expect([...columnsOf(timeline([NaN], [0]), 2).doubt]).toEqual([0, 0]);
  });

  it("stepping goes round, and knows when there is no other", () => {
    const line = timeline([1, 1, 1, 1], [STALE, 0, REFERENCE, 0]);
    expect(nextOf("stale", line, 1)).toBe(0);
    expect(nextOf("stale", line, 0)).toBe(-1);
    expect(nextOf("reference", line, 3)).toBe(2);
  });

  it("doubtful is the tenth with the lowest scores, people's frames left out", () => {
    const lowest = Array.from({ length: 30 }, (_, frame) => (frame < 10 ? 1 : frame / 30));
    const line = timeline(lowest, new Array(30).fill(0));
    expect(doubtLimit(line.lowest)).toBeCloseTo(11 / 30);
    expect(nextOf("doubtful", line, 0)).toBe(10);
    expect(nextOf("doubtful", line, 10)).toBe(11);
    expect(nextOf("doubtful", line, 11)).toBe(10);
  });

  it("where nothing has a score nothing is doubtful", () => {
    expect(nextOf("doubtful", timeline([NaN, 1], [0, 0]), 1)).toBe(-1);
  });
});

describe("the nearest frame", () => {
  it("is never the frame itself", () => {
    expect(nearestFrame([2, 9], 2)).toBe(9);
    expect(nearestFrame([2, 9], 5)).toBe(2);
    expect(nearestFrame([2], 2)).toBe(-1);
  });
});
