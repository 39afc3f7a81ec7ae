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

/** What is known of a project of any kind. */
interface AnyProject {
  readonly name: string;
  /** Tells it from any other project that was or will be open here. */
  readonly id: string;
  /** Whether there is a start page, to choose another. */
  readonly start_page: boolean;
  readonly path_name: string;
  readonly annotators: readonly string[];
  readonly readonly: boolean;
  /** Tells this project's arrays from another's at the same address. */
  readonly data_version: string;
}

export interface Project extends AnyProject {
  readonly kind: "sort";
  readonly classes: readonly string[];
  readonly feature_version: string;
  readonly features: readonly string[];
  readonly recordings: readonly Recording[];
}

/** A video in which points are tracked. */
export interface TrackingProject extends AnyProject {
  readonly kind: "track";
  readonly recording: string;
  readonly frames: number;
  readonly channels: number;
  /** 1 in a flat video. */
  readonly planes: number;
  readonly height: number;
  readonly width: number;
  /** Distance between planes, in pixels of the image plane. */
  readonly plane_px: number;
  /** Names. */
  readonly keypoints: readonly string[];
  /** The skeleton, as pairs of indices. */
  readonly edges: readonly (readonly [number, number])[];
  /** Forms in which points can be written. */
  readonly formats: readonly string[];
  readonly notes: readonly string[];
}

export type OpenedProject = Project | TrackingProject;

export interface SessionSettings {
  readonly strategy: string;
  readonly weight: number;
  readonly probe_every: number;
  /** Chance of a question to be one that was answered before. */
  readonly repeat_share: number;
  readonly preset: string;
  readonly target: string;
  readonly refit_every: number;
  readonly blind: boolean;
  /** Name of the classifier or project that the learner started from, or "". */
  readonly start_from: string;
}

/** The machine's labels as they were accepted, which exports give. */
export interface Accepted {
  /** Why it cannot be read, if it cannot; then nothing else is known. */
  readonly trouble?: string;
  readonly time_utc: string;
  /** Answers that it rests on, and answers there are now. */
  readonly answers: number;
  readonly answers_now: number;
  readonly target: string;
  readonly threshold: number | null;
  /** Of the final labels: as decided, else as accepted. */
  readonly counts: Readonly<Record<string, number>>;
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
  readonly accepted: Accepted | null;
  /** Why what the learner was to start from is not in use, or "". */
  readonly start_trouble: string;
  readonly refitting: boolean;
}

export interface Question {
  readonly row: number;
  readonly item: string;
  readonly reason: string;
  readonly score: number | null;
  readonly probe: boolean;
  /** Whether it was answered before, which the page must not show. */
  readonly repeat: boolean;
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
  /** The class that is predicted. */
  readonly predicted: string;
  readonly for: readonly (readonly [string, number])[];
  readonly against: readonly (readonly [string, number])[];
}

export type LiveMessage =
  | { readonly type: "hello"; readonly server: string }
  | { readonly type: "state"; readonly state: SessionState }
  | { readonly type: "labels"; readonly version: number }
  | { readonly type: "decided"; readonly annotator: string; readonly rows: readonly number[] }
  | { readonly type: "questions" }
  | { readonly type: "closed" }
  | { readonly type: "pong" };
