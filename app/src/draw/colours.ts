/** Colours that the colour-blind tell apart: Okabe and Ito's set, and viridis. */

export type Rgb = readonly [number, number, number];

export const OKABE_ITO = {
  orange: [230, 159, 0],
  skyBlue: [86, 180, 233],
  green: [0, 158, 115],
  yellow: [240, 228, 66],
  blue: [0, 114, 178],
  vermillion: [213, 94, 0],
  purple: [204, 121, 167],
  grey: [190, 196, 204],
} as const satisfies Record<string, Rgb>;

/** Viridis at equal steps from 0 to 1 (Smith and van der Walt, CC0). */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 74, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [109, 205, 89],
  [180, 222, 44],
  [253, 231, 37],
];

const GREY: readonly Rgb[] = [
  [0, 0, 0],
  [255, 255, 255],
];

export const RAMPS = { grey: GREY, viridis: VIRIDIS } as const;
export type RampName = keyof typeof RAMPS;

export function rampColour(ramp: readonly Rgb[], position: number): Rgb {
  const place = Math.min(Math.max(position, 0), 1) * (ramp.length - 1);
  const before = ramp[Math.floor(place)] as Rgb;
  const after = ramp[Math.ceil(place)] as Rgb;
  const part = place - Math.floor(place);
  const mix = (channel: 0 | 1 | 2) =>
    Math.round(before[channel] * (1 - part) + after[channel] * part);
  return [mix(0), mix(1), mix(2)];
}

/** A colour as the four bytes of an ImageData's pixel, in one number. */
export function pixelOf([red, green, blue]: Rgb, alpha = 255): number {
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

export function cssOf([red, green, blue]: Rgb, alpha = 1): string {
  return `rgb(${red} ${green} ${blue} / ${alpha})`;
}

/** 256 pixels along a ramp. */
export function rampPixels(name: RampName): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, index) =>
    pixelOf(rampColour(RAMPS[name], index / 255)),
  );
}
