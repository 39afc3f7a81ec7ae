/** What each outline looks like: colour by decision, prediction or a number; line style by decision. */

import { OKABE_ITO, pixelOf, RAMPS, rampColour, type Rgb } from "../draw/colours";
import type { Appearance } from "../draw/outline-tiles";
import { BEADED, BROKEN, DASHED, DOTTED, HIDDEN, THICK, THIN } from "../draw/raster";

const RAMP_STEPS = 64;
const UNDECIDED_BYTE = 255;
/** Number of the colour of what is selected. */
const SELECTED = 255;
/** The undecided stay behind what is decided. */
const UNDECIDED_ALPHA = 150;

export const ONE_COLOURS: Readonly<Record<string, Rgb>> = {
  white: [255, 255, 255],
  "sky blue": OKABE_ITO.skyBlue,
  green: OKABE_ITO.green,
  yellow: OKABE_ITO.yellow,
  orange: OKABE_ITO.orange,
  vermillion: OKABE_ITO.vermillion,
  purple: OKABE_ITO.purple,
};

const FURTHER_CLASSES: readonly Rgb[] = [
  OKABE_ITO.green,
  OKABE_ITO.skyBlue,
  OKABE_ITO.purple,
  OKABE_ITO.blue,
  OKABE_ITO.yellow,
];

export const UNSURE_COLOUR: Rgb = OKABE_ITO.orange;
export const UNDECIDED_COLOUR: Rgb = OKABE_ITO.grey;

/** Colour of a class: vermillion for the rejecting one. */
export function classColour(index: number, reject: number): Rgb {
  if (index === reject) return OKABE_ITO.vermillion;
  return FURTHER_CLASSES[placeAmongAccepted(index, reject) % FURTHER_CLASSES.length] as Rgb;
}

export interface Looks {
  readonly count: number;
  /** First row of the recording among all rows. */
  readonly first: number;
  readonly classes: readonly string[];
  readonly reject: number;
  readonly decided: Int8Array;
  readonly predicted: Int8Array;
  /** "decision", "prediction", or numbers with their range to colour by. */
  readonly by: "decision" | "prediction" | NumberScale;
  readonly one: Rgb | null;
  /** Rows that stand out in white, whatever else is said of them. */
  readonly selected?: Iterable<number>;
  readonly hide: { readonly accepted: boolean; readonly rejected: boolean; readonly decided: boolean };
}

export interface NumberScale {
  readonly values: Float32Array;
  readonly least: number;
  readonly most: number;
}

export function appearanceOf(looks: Looks): Appearance {
  const { count, first, decided, predicted, by } = looks;
  const colours = new Uint8Array(count);
  const styles = new Uint8Array(count);
  const styleOfByte = new Uint8Array(256).map((_, byte) => styleOf(asDecision(byte), looks));
  const colourOfByte = new Uint8Array(256).map((_, byte) => colourNumber(asDecision(byte)));
  for (let index = 0; index < count; index++) {
    const byte = (decided[first + index] as number) & 255;
    styles[index] = styleOfByte[byte] as number;
    const told = by === "prediction" && byte === UNDECIDED_BYTE;
    const foretold = (predicted[first + index] as number) & 255;
    colours[index] = colourOfByte[told ? foretold : byte] as number;
    if (told && foretold === looks.reject) styles[index] = DOTTED;
  }
  if (typeof by === "object") {
    for (let index = 0; index < count; index++) {
      colours[index] = stepOf(by.values[first + index] as number, by);
    }
  }
  for (const row of looks.selected ?? []) {
    if (row < first || row >= first + count) continue;
    colours[row - first] = SELECTED;
    styles[row - first] = THICK;
  }
  return { colours, styles, palette: paletteOf(looks) };
}

/** A decision's number from its byte; there are many candidates, and few different numbers. */
function asDecision(byte: number): number {
  return (byte << 24) >> 24;
}

const compared = new WeakMap<Appearance, readonly [Appearance, readonly number[] | null]>();

/** Where two appearances differ; null where everything is to be drawn again. */
export function differences(before: Appearance, after: Appearance): readonly number[] | null {
  const known = compared.get(after);
  if (known?.[0] === before) return known[1];
  const found = compare(before, after);
  compared.set(after, [before, found]);
  return found;
}

function compare(before: Appearance, after: Appearance): readonly number[] | null {
  const samePalette = before.palette.every((pixel, place) => pixel === after.palette[place]);
  if (before.colours.length !== after.colours.length || !samePalette) return null;
  const { colours, styles } = after;
  const { colours: oldColours, styles: oldStyles } = before;
  const changed: number[] = [];
  for (let index = 0; index < colours.length; index++) {
    if (colours[index] !== oldColours[index] || styles[index] !== oldStyles[index]) changed.push(index);
  }
  return changed.length * 8 > colours.length && changed.length > 50 ? null : changed;
}

function styleOf(decision: number, { reject, hide }: Looks): number {
  if (decision === -1) return THIN;
  const rejected = decision === reject;
  const hides = hide.decided || (decision >= 0 && (rejected ? hide.rejected : hide.accepted));
  if (hides) return HIDDEN;
  if (decision < 0) return DOTTED;
  return styleOfClass(decision, reject);
}

const ACCEPTED_STYLES = [THICK, BROKEN, BEADED];

/** Line of a class: thin dashes for the rejecting one; the others are wide and differ, too. */
export function styleOfClass(index: number, reject: number): number {
  return index === reject ? DASHED : (ACCEPTED_STYLES[placeAmongAccepted(index, reject) % ACCEPTED_STYLES.length] as number);
}

export function placeAmongAccepted(index: number, reject: number): number {
  return index > reject ? index - 1 : index;
}

/** 0 undecided, 1 unsure, 2 skipped, 3 and on the classes. */
function colourNumber(decision: number): number {
  return decision >= 0 ? decision + 3 : -1 - decision;
}

function stepOf(value: number, { least, most }: NumberScale): number {
  if (!Number.isFinite(value)) return RAMP_STEPS;
  const share = (value - least) / (most - least || 1);
  return Math.round(Math.min(Math.max(share, 0), 1) * (RAMP_STEPS - 1));
}

function paletteOf(looks: Looks): Uint32Array {
  const palette = palette256(looks);
  palette[SELECTED] = pixelOf([255, 255, 255]);
  return palette;
}

function palette256({ by, one, classes, reject }: Looks): Uint32Array {
  const palette = new Uint32Array(256);
  if (one) return palette.fill(pixelOf(one));
  if (typeof by === "object") {
    for (let step = 0; step < RAMP_STEPS; step++) {
      palette[step] = pixelOf(rampColour(RAMPS.viridis, step / (RAMP_STEPS - 1)));
    }
    palette[RAMP_STEPS] = pixelOf(UNDECIDED_COLOUR, UNDECIDED_ALPHA);
    return palette;
  }
  palette[0] = pixelOf(UNDECIDED_COLOUR, UNDECIDED_ALPHA);
  palette[1] = pixelOf(UNSURE_COLOUR);
  palette[2] = pixelOf(OKABE_ITO.skyBlue);
  classes.forEach((_, index) => (palette[3 + index] = pixelOf(classColour(index, reject))));
  return palette;
}
