/** One function a route that reads; what writes goes through the outbox. */

import { address, getJson, getPacket, keepToProject, postJson, type Query } from "./http";
import { takeArray, type Packet } from "./packet";
import type {
  CandidateMeta,
  Explanation,
  MergePair,
  Note,
  OpenedProject,
  Question,
  SessionSettings,
  SessionState,
} from "./types";

export interface Image {
  readonly values: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** Outlines of a recording's candidates; a point is (y, x), each `value / scale - offset` pixels. */
export interface MapArrays {
  readonly scale: number;
  readonly offset: number;
  readonly points: Uint16Array;
  readonly parts: Uint32Array;
  readonly starts: Uint32Array;
  readonly centres: Float32Array;
  readonly boxes: Uint16Array;
}

export interface Labels {
  readonly version: number;
  /** -1 none, class index, -2 unsure, -3 skip. */
  readonly decided: Int8Array;
  /** -1 where there is none, or none to be seen. */
  readonly predicted: Int8Array;
  readonly probability: Float32Array;
}

export interface Candidate extends CandidateMeta {
  readonly height: number;
  readonly width: number;
  readonly footprint: Float32Array;
  /** (event, frame, y, x), or null where there is no movie. */
  readonly codes: Uint8Array | Uint16Array | null;
  /** Movie frames in each snapshot. */
  readonly window: number;
  readonly trace: Float32Array;
}

/** Sent along with what never changes, so that the browser may keep it for ever. */
let dataVersion: string | undefined;

export async function getProject(): Promise<OpenedProject> {
  const project = await getJson<OpenedProject>("project");
  dataVersion = project.data_version;
  keepToProject(project.id);
  return project;
}

/** Every annotator's standing decisions as text, also where the project cannot be opened. */
export const decisionsAddress = () => address("decisions");

export function getLasting<Meta>(route: string, query: Query = {}): Promise<Packet<Meta>> {
  return getPacket<Meta>(route, { ...query, v: dataVersion });
}

export async function getImage(recording: number, name: string): Promise<Image> {
  const packet = await getLasting(`recordings/${recording}/images/${encodeURIComponent(name)}`);
  const [height, width] = packet.arrays["image"]?.shape as [number, number];
  return { values: takeArray(packet, "image", Float32Array), height, width };
}

export async function getMap(recording: number): Promise<MapArrays> {
  const route = `recordings/${recording}/map`;
  const packet = await getLasting<{ scale: number; offset: number }>(route);
  return {
    ...packet.meta,
    points: takeArray(packet, "outline_points", Uint16Array),
    parts: takeArray(packet, "outline_parts", Uint32Array),
    starts: takeArray(packet, "outline_starts", Uint32Array),
    centres: takeArray(packet, "centres", Float32Array),
    boxes: takeArray(packet, "boxes", Uint16Array),
  };
}

export async function getIdentities(recording: number): Promise<readonly string[]> {
  return (await getJson<{ identities: string[] }>(`recordings/${recording}/identities`)).identities;
}

/** Features of all candidates, (candidate, feature). */
export async function getFeatures(names: readonly string[]): Promise<Float32Array> {
  return takeArray(await getLasting("features", { names: names.join(",") }), "values", Float32Array);
}

export async function getCandidate(row: number): Promise<Candidate> {
  const packet = await getLasting<CandidateMeta>(`candidates/${row}`);
  const [height, width] = packet.arrays["footprint"]?.shape as [number, number];
  const codes = packet.arrays["codes"];
  return {
    ...packet.meta,
    height,
    width,
    footprint: takeArray(packet, "footprint", Float32Array),
    codes: (codes?.values as Uint8Array | Uint16Array | undefined) ?? null,
    window: codes?.shape[1] ?? 0,
    trace: takeArray(packet, "trace", Float32Array),
  };
}

/** Whole traces, one after the other. */
export async function getTraces(rows: readonly number[]): Promise<readonly Float32Array[]> {
  const packet = await getLasting("traces", { rows: rows.join(",") });
  const all = takeArray(packet, "traces", Float32Array);
  const frames = packet.arrays["traces"]?.shape[1] ?? 0;
  return rows.map((_, index) => all.subarray(index * frames, (index + 1) * frames));
}

export const getSession = (annotator: string) => getJson<SessionState>("session", { annotator });

export const postSession = (annotator: string, settings: Partial<SessionSettings> = {}) =>
  postJson<SessionState>("session", { annotator, ...settings });

/** With `reveal` every prediction, with `hide` none. */
export async function getLabels(annotator: string, reveal: boolean, hide: boolean): Promise<Labels> {
  const query = { annotator, reveal: reveal ? 1 : undefined, hide: hide ? 1 : undefined };
  const packet = await getPacket<{ version: number }>("labels", query);
  return {
    version: packet.meta.version,
    decided: takeArray(packet, "decided", Int8Array),
    predicted: takeArray(packet, "predicted", Int8Array),
    probability: takeArray(packet, "probability", Float32Array),
  };
}

/** The best questions as of now; `current`, if not negative, is kept for this page and not among them. */
export async function getQuestions(
  annotator: string,
  n: number,
  current: number,
): Promise<readonly Question[]> {
  const query = { annotator, n, current: current >= 0 ? current : undefined };
  return (await getJson<{ questions: Question[] }>("questions", query)).questions;
}

export async function getNotes(annotator: string): Promise<readonly Note[]> {
  return (await getJson<{ notes: Note[] }>("notes", { annotator })).notes;
}

export async function getMerges(annotator: string): Promise<readonly MergePair[]> {
  return (await getJson<{ pairs: MergePair[] }>("merges", { annotator })).pairs;
}

export const getExplanation = (annotator: string, row: number) =>
  getJson<Explanation>("explain", { annotator, row });

export interface ExportWish {
  readonly to: string;
  /** A bare file name, or null for the usual one. */
  readonly output: string | null;
  readonly recording: string;
  readonly accept: readonly string[];
  /** Which of an NWB file's, where it has several. */
  readonly segmentation: string;
  readonly decisions: boolean;
}

/** Where it was written, and counts. */
export interface Exported {
  readonly output: string;
  readonly [count: string]: unknown;
}

export const postExport = (annotator: string, wish: ExportWish) =>
  postJson<Exported>("export", { annotator, ...wish });
