/** What the server says, as JSON. Rows number all candidates of a project, one recording after the other. */

export interface Recording {
  readonly number: number;
  readonly name: string;
  readonly candidates: number;
  /** Row of its first candidate. */
  readonly first: number;
  /** Height and width; null without evidence. */
  readonly image_shape: readonly [number, number] | null;
  readonly images: readonly string[];
  readonly evidence: boolean;
  readonly frames: number;
  readonly frame_rate_hz: number | null;
  /** Movie frames in a snapshot. */
  readonly window: number;
  readonly movie_downsampled: number;
  readonly pixel_size_um: readonly [number, number] | null;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
}

export interface Project {
  readonly name: string;
  readonly kind: string;
  readonly path_name: string;
  readonly classes: readonly string[];
  readonly annotators: readonly string[];
  readonly feature_version: string;
  readonly features: readonly string[];
  readonly recordings: readonly Recording[];
  readonly readonly: boolean;
  /** Tells this project's arrays from another's at the same address. */
  readonly data_version: string;
}

export interface SessionSettings {
  readonly strategy: string;
  readonly weight: number;
  readonly probe_every: number;
  readonly preset: string;
  readonly target: string;
  readonly refit_every: number;
  readonly blind: boolean;
}

export interface SessionState {
  readonly annotator: string;
  readonly settings: SessionSettings;
  readonly version: number;
  readonly decided: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly unsure: number;
  readonly skipped: number;
  readonly can_undo: boolean;
  readonly can_redo: boolean;
  readonly threshold: number | null;
  readonly sure: number | null;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly advice: string;
  readonly refitting: boolean;
}

export interface Question {
  readonly row: number;
  readonly item: string;
  readonly reason: string;
  readonly score: number | null;
  readonly probe: boolean;
}

export interface CandidateMeta {
  readonly row: number;
  readonly recording: number;
  readonly identity: string;
  readonly item: string;
  /** Top, left, bottom, right in the image; the last two exclusive. */
  readonly crop: readonly [number, number, number, number];
  /** Frames of the trace at which events peak. */
  readonly events: readonly number[];
  /** A snapshot's value is `least + step * code`. */
  readonly least: number;
  readonly step: number;
  /** Least, largest, 10 % and 99.9 % quantile of the snapshots' values. */
  readonly contrast: readonly [number, number, number, number];
  readonly neighbours: readonly number[];
  /** Of the trace. */
  readonly frames: number;
}

export interface MergePair {
  readonly item: string;
  readonly first: number;
  readonly second: number;
  readonly kind: string;
  readonly overlap: number | null;
  readonly containment: number | null;
  /** null where traces cannot tell. */
  readonly trace_correlation: number | null;
  readonly distance_px: number | null;
  readonly score: number | null;
}

export interface Note {
  readonly row: number;
  readonly text: string;
}

export interface Explanation {
  readonly for: readonly (readonly [string, number])[];
  readonly against: readonly (readonly [string, number])[];
}

export type LiveMessage =
  | { readonly type: "hello"; readonly server: string }
  | { readonly type: "state"; readonly state: SessionState }
  | { readonly type: "labels"; readonly version: number }
  | { readonly type: "decided"; readonly annotator: string; readonly rows: readonly number[] }
  | { readonly type: "questions" }
  | { readonly type: "pong" };
