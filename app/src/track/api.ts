/** Routes of tracking, and what they say. */

import { getJson, getPacket, postJson } from "../api/http";
import { takeArray } from "../api/packet";
import { getLasting } from "../api/routes";

/** What is said of a point, as numbers of `Points.said`. */
export const NOBODY = 0;
export const SEEN = 1;
export const HIDDEN = 2;
export const DOUBTED = 3;
export const LEFT_OUT = 4;

/** What became of a point, as numbers of `Points.visibility`. */
export const IS_SEEN = 0;
export const IS_HIDDEN = 1;
export const IS_OUT_OF_VIEW = 2;
export const IS_NOT_TRACKED = 3;
export const IS_VEILED = 255;

/** What a frame is, as bits of `flags`. */
export const REFERENCE = 1;
export const ANNOTATED = 2;
export const STALE = 4;

/** A projection of a frame: grey values (channel, row, column), and how deep the brightest lies. */
export interface Projection {
  readonly grey: Uint8Array;
  readonly depth: Uint16Array;
  readonly width: number;
  readonly height: number;
}

export interface Picture {
  readonly channels: number;
  /** Along z: rows are y, depth is z. */
  readonly above: Projection;
  /** Along y: rows are z, depth is y; null in a flat video. */
  readonly side: Projection | null;
}

/** All points of a frame; what is not known, or not to be seen yet, is NaN. */
export interface Points {
  readonly frame: number;
  readonly flags: number;
  /** z, y, x in pixels of each. */
  readonly position: Float32Array;
  readonly score: Float32Array;
  readonly visibility: Uint8Array;
  readonly said: Uint8Array;
}

export interface Timeline {
  /** Lowest score of each frame; NaN where there is none. */
  readonly lowest: Float32Array;
  readonly flags: Uint8Array;
}

export interface PointQuestion {
  readonly item: string;
  readonly frame: number;
  readonly keypoint: number;
  readonly reason: string;
  /** Whether it was drawn at random: the machine's place is hidden until it is answered. */
  readonly probe: boolean;
}

export interface Progress {
  readonly frames: number;
  readonly keypoints: number;
  readonly references: readonly number[];
  readonly annotated: number;
  readonly stale: number;
  readonly seen: number;
  readonly hidden: number;
  readonly left_the_view: number;
  readonly not_tracked: number;
  readonly score: number | null;
  readonly unsure: number;
  readonly skipped: number;
  readonly probes: number;
  readonly right: number | null;
  readonly right_low: number | null;
  readonly right_high: number | null;
  readonly tolerance_px: number;
}

export interface Work {
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  readonly trouble: string;
}

export interface TrackState {
  readonly annotator: string;
  readonly version: number;
  readonly answers: number;
  readonly can_undo: boolean;
  readonly can_redo: boolean;
  readonly progress: Progress;
  readonly work: Work;
}

export type TrackMessage =
  | { readonly type: "hello"; readonly server: string }
  | { readonly type: "state"; readonly state: TrackState }
  | { readonly type: "tracks"; readonly frames: readonly number[] }
  | { readonly type: "work" }
  | { readonly type: "trouble"; readonly text: string }
  | { readonly type: "closed" }
  | { readonly type: "pong" };

export const getState = (annotator: string) => getJson<TrackState>("track/session", { annotator });

export async function getQuestions(annotator: string, n: number): Promise<readonly PointQuestion[]> {
  return (await getJson<{ questions: PointQuestion[] }>("track/questions", { annotator, n })).questions;
}

export async function getTimeline(annotator: string): Promise<Timeline> {
  const packet = await getPacket("track/timeline", { annotator });
  return {
    lowest: takeArray(packet, "lowest", Float32Array),
    flags: takeArray(packet, "flags", Uint8Array),
  };
}

export async function getPicture(frame: number): Promise<Picture> {
  const packet = await getLasting(`track/frames/${frame}/picture`);
  const projection = (grey: string, depth: string): Projection => {
    const [, height, width] = packet.arrays[grey]?.shape as [number, number, number];
    return {
      grey: takeArray(packet, grey, Uint8Array),
      depth: takeArray(packet, depth, Uint16Array),
      width,
      height,
    };
  };
  return {
    channels: packet.arrays["along_z"]?.shape[0] ?? 1,
    above: projection("along_z", "plane"),
    side: packet.arrays["along_y"] ? projection("along_y", "line") : null,
  };
}

export async function getPoints(annotator: string, frame: number, reveal: boolean): Promise<Points> {
  const query = { annotator, reveal: reveal ? 1 : undefined };
  const packet = await getPacket<{ flags: number }>(`track/frames/${frame}/points`, query);
  return {
    frame,
    flags: packet.meta.flags,
    position: takeArray(packet, "position", Float32Array),
    score: takeArray(packet, "score", Float32Array),
    visibility: takeArray(packet, "visibility", Uint8Array),
    said: takeArray(packet, "said", Uint8Array),
  };
}

export const postWork = (annotator: string, go: boolean) =>
  postJson<{ work: Work }>("track/work", { annotator, go });

export interface TracksExported {
  readonly output: string;
  readonly positions: number;
  readonly annotated: number;
  readonly notes: readonly string[];
}

export const postTrackExport = (annotator: string, to: string, output: string | null) =>
  postJson<TracksExported>("track/export", { annotator, to, output });
