/** What a user may say beyond the files, as on the command line; one table for form and request. */

import type { Options } from "../api/start";

export type FieldKind = "text" | "number" | "whole" | "choice" | "list" | "path";

export interface Field {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: FieldKind;
  /** The command line's name of it. */
  readonly option: string;
  readonly placeholder?: string;
  readonly choices?: readonly { readonly value: string; readonly text: string }[];
}

export const MAIN_FIELDS: readonly Field[] = [
  { id: "name", label: "Name", hint: "Name of the recording in the project", kind: "text", option: "name" },
  { id: "frame_rate_hz", label: "Frame rate, Hz", hint: "Movie frames a second, where the file does not say or is wrong", kind: "number", option: "frame-rate" },
  { id: "pixel_size_um", label: "Pixel size, µm", hint: "Size of a pixel of the movie in micrometres", kind: "number", option: "pixel-size" },
  {
    id: "units",
    label: "Movie's values",
    hint: "What the movie's values mean",
    kind: "choice",
    option: "units",
    choices: [
      { value: "", text: "as recognised" },
      { value: "raw", text: "raw" },
      { value: "dF/F", text: "dF/F" },
      { value: "unknown", text: "unknown" },
    ],
  },
  { id: "movie_downsampled", label: "Trace frames per movie frame", hint: "How many frames of a trace are one frame of the movie, where the movie was downsampled", kind: "whole", option: "movie-downsampled", placeholder: "1" },
  {
    id: "features",
    label: "Features",
    hint: "sightline: our corrected set; actsort: the reference's formulas",
    kind: "choice",
    option: "features",
    choices: [
      { value: "", text: "sightline" },
      { value: "actsort", text: "actsort" },
    ],
  },
  { id: "classes", label: "Classes", hint: "Names of the verdicts with commas between them; with two, the second is a cell", kind: "list", option: "class", placeholder: "not cell, cell" },
];

export const FURTHER_FIELDS: readonly Field[] = [
  { id: "dataset", label: "Dataset", hint: "Which array of the movie's file", kind: "text", option: "dataset" },
  { id: "axes", label: "Axes", hint: "Stored axes of the movie, such as tyx or tzyx", kind: "text", option: "axes" },
  { id: "channel", label: "Channel", hint: "Which channel of the movie, from 0", kind: "whole", option: "channel" },
  { id: "plane", label: "Plane", hint: "Which plane of movie and candidates, from 0", kind: "whole", option: "plane" },
  { id: "series", label: "Series", hint: "Which image of the movie's file, from 0", kind: "whole", option: "series" },
  { id: "footprints", label: "Footprints", hint: "Name of the footprints in the candidates' file", kind: "text", option: "footprints" },
  { id: "traces", label: "Traces", hint: "Name of the traces in the candidates' file", kind: "text", option: "traces" },
  { id: "segmentation", label: "Segmentation", hint: "Name of an NWB plane segmentation", kind: "text", option: "segmentation" },
  { id: "which", label: "Which set", hint: "Which of several sets of candidates", kind: "text", option: "which" },
  { id: "image_size", label: "Image size", hint: "Height x width, where neither movie nor candidates tell", kind: "text", option: "image-size", placeholder: "512x512" },
  { id: "offset", label: "Offset", hint: "Row,column of the movie's corner in the regions' image", kind: "text", option: "offset", placeholder: "0,0" },
  { id: "labels", label: "Earlier verdicts", hint: "File of verdicts that a person gave: iscell.npy, *_LABELS.mat, .csv …", kind: "path", option: "labels" },
  { id: "annotator", label: "Who gave them", hint: "Name of the person who gave the earlier verdicts", kind: "text", option: "annotator" },
  { id: "carry_from", label: "Earlier project", hint: "Project of an earlier extraction, whose decisions carry on", kind: "path", option: "from" },
];

const FIELDS = new Map([...MAIN_FIELDS, ...FURTHER_FIELDS].map((field) => [field.id, field]));

export type Typed = Readonly<Record<string, string>>;

/** What was typed as the server wants it; what is empty is left out, and so is what is no number. */
export function optionsOf(typed: Typed): Options {
  const options: Record<string, string | number | readonly string[]> = {};
  for (const [id, text] of Object.entries(typed)) {
    const value = valueOf(FIELDS.get(id)?.kind ?? "text", text.trim());
    if (value !== null) options[id] = value;
  }
  return options;
}

/** Options of the server as a person would have typed them. */
export function typedOf(options: Options): Typed {
  return Object.fromEntries(
    Object.entries(options).map(([id, value]) => [
      id,
      Array.isArray(value) ? value.join(", ") : String(value),
    ]),
  );
}

function valueOf(kind: FieldKind, text: string): string | number | readonly string[] | null {
  if (!text) return null;
  if (kind === "list") {
    const names = text.split(",").map((name) => name.trim());
    return names.filter(Boolean);
  }
  if (kind !== "number" && kind !== "whole") return text;
  const number = Number(text);
  if (!Number.isFinite(number)) return null;
  return kind === "whole" ? Math.round(number) : number;
}
