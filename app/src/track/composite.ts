/** Channels of grey values to one coloured picture. */

import type { Contrast } from "../draw/levels";
import type { Rgb } from "../draw/colours";

const WHITE: Rgb = [255, 255, 255];

/** Colours that add up to white: channels are told apart, also by the colour-blind where two. */
const COLOURS: Readonly<Record<number, readonly Rgb[]>> = {
  1: [WHITE],
  2: [[0, 255, 0], [255, 0, 255]],
  3: [[255, 0, 0], [0, 255, 0], [0, 0, 255]],
};

/** The colour of each channel; with `only` that channel is white and the others are not shown. */
export function channelColours(channels: number, only: number): readonly Rgb[] {
  const all = COLOURS[channels] ?? Array.from({ length: channels }, () => WHITE);
  return all.map((colour, channel) => (only < 0 ? colour : channel === only ? WHITE : [0, 0, 0]));
}

/** Fill pixels with the sum of all channels, each in its colour. */
export function paintChannels(
  grey: Uint8Array,
  colours: readonly Rgb[],
  contrast: Contrast,
  pixels: Uint8ClampedArray,
): void {
  const size = pixels.length / 4;
  const range = contrast.white - contrast.black || 1;
  const levels = Float32Array.from({ length: 256 }, (_, value) =>
    Math.min(Math.max((value / 255 - contrast.black) / range, 0), 1),
  );
  const shown = colours.map((colour, channel) => ({ colour, first: channel * size }));
  const seen = shown.filter(({ colour }) => colour.some(Boolean));
  for (let index = 0; index < size; index++) {
    let [red, green, blue] = [0, 0, 0];
    for (const { colour, first } of seen) {
      const level = levels[grey[first + index] as number] as number;
      red += level * colour[0];
      green += level * colour[1];
      blue += level * colour[2];
    }
    pixels[4 * index] = red;
    pixels[4 * index + 1] = green;
    pixels[4 * index + 2] = blue;
    pixels[4 * index + 3] = 255;
  }
}
