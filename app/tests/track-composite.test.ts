import { describe, expect, it } from "vitest";
import { channelColours, paintChannels } from "../src/track/composite";

const painted = (grey: number[], channels: number, only: number, contrast = { black: 0, white: 1 }) => {
  const pixels = new Uint8ClampedArray((4 * grey.length) / channels);
  paintChannels(Uint8Array.from(grey), channelColours(channels, only), contrast, pixels);
  return [...pixels];
};

describe("channels as one picture", () => {
  it("one channel is grey", () => {
    expect(painted([0, 128, 255], 1, -1)).toEqual([0, 0, 0, 255, 128, 128, 128, 255, 255, 255, 255, 255]);
  });

  it("two channels add up to white, each in its colour", () => {
    expect(painted([255, 0, 255, 255], 2, -1)).toEqual([255, 255, 255, 255, 255, 0, 255, 255]);
  });

  it("one of several alone is grey", () => {
    expect(painted([255, 100], 2, 1)).toEqual([100, 100, 100, 255]);
  });

  it("contrast cuts off what is too dark and too bright", () => {
    expect(painted([51, 102, 204], 1, -1, { black: 0.2, white: 0.6 }).filter((_, index) => index % 4 === 0)).toEqual([0, 128, 255]);
  });
});
