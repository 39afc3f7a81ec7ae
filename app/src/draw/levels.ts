/** Values to pixels: which value is black and which is white. */

export interface Levels {
  readonly black: number;
  readonly white: number;
}

/** How the user changes levels: shares of the automatic range, 0 and 1 leaving it as it is. */
export interface Contrast {
  readonly black: number;
  readonly white: number;
}

export const AUTOMATIC: Contrast = { black: 0, white: 1 };

const SAMPLE = 20_000;

/** Levels from quantiles of an even sample of the finite values. */
export function quantileLevels(values: Float32Array, low: number, high: number): Levels {
  const step = Math.max(1, Math.floor(values.length / SAMPLE));
  const sample: number[] = [];
  for (let index = 0; index < values.length; index += step) {
    const value = values[index] as number;
    if (Number.isFinite(value)) sample.push(value);
  }
  if (!sample.length) return { black: 0, white: 1 };
  sample.sort((first, second) => first - second);
  const at = (share: number) => sample[Math.round(share * (sample.length - 1))] as number;
  return { black: at(low), white: at(high) };
}

export function adjust({ black, white }: Levels, contrast: Contrast): Levels {
  const range = white - black || 1;
  return { black: black + contrast.black * range, white: black + contrast.white * range };
}

/** Fill pixels with the colours of values; what is not finite is left transparent. */
export function paintValues(
  values: ArrayLike<number>,
  levels: Levels,
  ramp: Uint32Array,
  pixels: Uint32Array,
): void {
  const factor = 255 / (levels.white - levels.black || 1);
  for (let index = 0; index < pixels.length; index++) {
    const position = ((values[index] as number) - levels.black) * factor;
    const step = position <= 0 ? 0 : position >= 255 ? 255 : (position + 0.5) | 0;
    pixels[index] = Number.isFinite(position) ? (ramp[step] as number) : 0;
  }
}
