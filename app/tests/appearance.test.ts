import { describe, expect, it } from "vitest";
import { DASHED, DOTTED, HIDDEN, THICK, THIN } from "../src/draw/raster";
import { appearanceOf, differences, type Looks } from "../src/sort/appearance";

const looks: Looks = {
  count: 5,
  first: 2,
  classes: ["not cell", "cell"],
  reject: 0,
  decided: new Int8Array([1, 1, -1, 1, 0, -2, -1]),
  predicted: new Int8Array([0, 0, 1, 0, 1, 1, -1]),
  by: "decision",
  one: null,
  hide: { accepted: false, rejected: false, decided: false },
};

describe("An outline's look", () => {
  it("tells the decision by its line as well as its colour", () => {
    const { styles, colours } = appearanceOf(looks);
    expect([...styles]).toEqual([THIN, THICK, DASHED, DOTTED, THIN]);
    expect(new Set([colours[0], colours[1], colours[2], colours[3]]).size).toBe(4);
    expect(colours[4]).toBe(colours[0]);
  });

  it("has a line of its own for each of three accepted classes", () => {
    const classes = ["soma", "not a cell", "dendrite", "axon"];
    const decided = new Int8Array([0, 1, 2, 3]);
    const { styles } = appearanceOf({ ...looks, count: 4, first: 0, classes, reject: 1, decided });
    expect(new Set(styles).size).toBe(4);
    expect(styles[1]).toBe(DASHED);
  });

  it("hides what is to be hidden", () => {
    const hide = { accepted: true, rejected: false, decided: false };
    expect([...appearanceOf({ ...looks, hide }).styles]).toEqual([THIN, HIDDEN, DASHED, DOTTED, THIN]);
    const all = { accepted: false, rejected: false, decided: true };
    expect([...appearanceOf({ ...looks, hide: all }).styles]).toEqual([THIN, HIDDEN, HIDDEN, HIDDEN, THIN]);
  });

  it("is white and thick where it is selected, hidden or not, and in this recording", () => {
    const hide = { accepted: true, rejected: true, decided: true };
    const { styles, colours, palette } = appearanceOf({ ...looks, hide, selected: new Set([0, 3, 6]) });
    expect([...styles]).toEqual([THIN, THICK, HIDDEN, HIDDEN, THICK]);
    expect(palette[colours[1] as number]).toBe(0xffffffff);
    expect(colours[0]).not.toBe(colours[1]);
  });

  it("takes the prediction's colour only where nothing was decided", () => {
    const { colours } = appearanceOf({ ...looks, by: "prediction" });
    const own = appearanceOf(looks).colours;
    expect(colours[0]).toBe(own[1]);
    expect(colours[1]).toBe(own[1]);
    expect(colours[2]).toBe(own[2]);
    expect(colours[4]).toBe(own[4]);
  });

  it("tells a predicted rejection by its line, too", () => {
    const { styles } = appearanceOf({ ...looks, by: "prediction", predicted: new Int8Array([0, 0, 1, 0, 1, 1, 0]) });
    expect([...styles]).toEqual([THIN, THICK, DASHED, DOTTED, DOTTED]);
  });

  it("goes along a ramp by a number, and is grey where there is none", () => {
    const values = new Float32Array([0, 0, 0, 0.5, 1, 9, NaN]);
    const { colours } = appearanceOf({ ...looks, by: { values, least: 0, most: 1 } });
    expect(colours[0]).toBe(0);
    expect(colours[2]).toBe(63);
    expect(colours[3]).toBe(63);
    expect(colours[4]).toBe(64);
  });
});

describe("Differences", () => {
  it("are the candidates to be drawn again", () => {
    const decided = looks.decided.slice();
    decided[6] = 1;
    const after = appearanceOf({ ...looks, decided });
    expect(differences(appearanceOf(looks), after)).toEqual([4]);
    expect(differences(after, after)).toEqual([]);
  });

  it("are everything where the colours themselves changed", () => {
    const white = appearanceOf({ ...looks, one: [255, 255, 255] });
    expect(differences(appearanceOf(looks), white)).toBeNull();
  });
});
