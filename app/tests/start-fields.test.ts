import { describe, expect, it } from "vitest";
import { optionsOf, typedOf } from "../src/start/fields";
import { agoOf } from "../src/start/ago";
import { candidatesInWords, movieInWords } from "../src/start/in-words";

describe("what was typed into the form", () => {
  it("goes to the server as numbers, lists and text", () => {
    const typed = { name: " mouse ", frame_rate_hz: "7.5", plane: "0", classes: "soma, dendrite,, no cell " };
    expect(optionsOf(typed)).toEqual({
      name: "mouse",
      frame_rate_hz: 7.5,
      plane: 0,
      classes: ["soma", "dendrite", "no cell"],
    });
  });

  it("is left out where it is empty or no number", () => {
    expect(optionsOf({ name: " ", frame_rate_hz: "fast", movie_downsampled: "", features: "" })).toEqual({});
  });

  it("comes back into the form as it went", () => {
    const options = { frame_rate_hz: 7.5, classes: ["soma", "dendrite"], units: "dF/F" };
    expect(optionsOf(typedOf(options))).toEqual(options);
  });
});

describe("times in words", () => {
  const now = new Date("2026-03-10T12:00:00Z");
  it.each([
    ["2026-03-10T11:59:30Z", "just now"],
    ["2026-03-10T12:00:30Z", "just now"],
    ["2026-03-10T11:58:59Z", "1 minute ago"],
    ["2026-03-10T09:59:00Z", "2 hours ago"],
    ["2026-03-09T11:00:00Z", "yesterday"],
    ["2026-02-20T12:00:00Z", "2 weeks ago"],
    ["2024-01-10T12:00:00Z", "2 years ago"],
  ])("%s is %s", (then, words) => {
    expect(agoOf(new Date(then), now)).toBe(words);
  });
});

describe("what was recognised", () => {
  const movie = {
    format: "TIFF",
    frames: 6000,
    height: 512,
    width: 256,
    values: "uint16",
    frame_rate_hz: 30,
    pixel_size_um: [1.1, 1.1] as const,
    units: "raw",
    notes: [],
  };

  it("is a movie in a line", () => {
    expect(movieInWords(movie)).toBe(
      "TIFF · 6,000 frames · 512 × 256 pixels of uint16 · 30 Hz (3 min) · 1.1 µm a pixel · raw",
    );
  });

  it("says what is not known", () => {
    const words = movieInWords({ ...movie, frame_rate_hz: null, pixel_size_um: null, units: "unknown" });
    expect(words).toContain("frame rate not known · pixel size not known · units not known");
  });

  it("is candidates with traces or without", () => {
    const found = {
      format: "suite2p",
      candidates: 304,
      height: 512,
      width: 256,
      frames: 6000,
      frame_rate_hz: 7,
      annotators: ["anna"],
      notes: [],
    };
    expect(candidatesInWords(found)).toBe(
      "suite2p · 304 candidates · 512 × 256 pixels · traces of 6,000 frames at 7 Hz · verdicts of anna",
    );
    expect(candidatesInWords({ ...found, frames: null })).toContain("no traces");
  });
});
