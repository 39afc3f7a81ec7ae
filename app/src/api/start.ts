/** The start page's routes, one function each, and what the server says there. */

import { getJson, postJson } from "./http";

export interface Recent {
  readonly path: string;
  readonly name: string;
  readonly folder: string;
  /** ISO time with zone. */
  readonly opened: string;
  /** Whether the project is still where it was. */
  readonly there: boolean;
}

export type PreparationState = "waiting" | "running" | "stopped" | "failed" | "done";

export interface Wish {
  /** Empty where there is none. */
  readonly movie: string;
  readonly candidates: string;
  readonly output: string;
  /** Further arguments by the server's names. */
  readonly said: Options;
}

export type Options = Readonly<Record<string, string | number | readonly string[]>>;

export interface Preparation {
  readonly id: string;
  readonly name: string;
  readonly folder: string;
  readonly wish: Wish;
  readonly state: PreparationState;
  readonly trouble: string;
  readonly notes: readonly string[];
  readonly step: string;
  readonly finished: number;
  /** All parts of the step; 0 where not known. */
  readonly parts: number;
}

export interface Start {
  readonly server: string;
  /** Path of the open project. */
  readonly open: string | null;
  readonly recents: readonly Recent[];
  readonly preparations: readonly Preparation[];
  /** Why nothing can be prepared here, if nothing can. */
  readonly queue_trouble: string;
  readonly home: string;
}

export interface FolderName {
  readonly name: string;
  readonly kind: "folder" | "project" | "file";
  readonly bytes: number | null;
}

export interface Folder {
  readonly path: string;
  readonly parent: string | null;
  readonly names: readonly FolderName[];
  /** Whether there are more names than are listed. */
  readonly cut: boolean;
  readonly places: readonly string[];
  readonly separator: string;
}

export interface FoundMovie {
  readonly format: string;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  readonly values: string;
  readonly frame_rate_hz: number | null;
  readonly pixel_size_um: readonly [number, number] | null;
  readonly units: string;
  readonly notes: readonly string[];
}

export interface FoundCandidates {
  readonly format: string;
  readonly candidates: number;
  readonly height: number;
  readonly width: number;
  /** Of the traces; null without traces. */
  readonly frames: number | null;
  readonly frame_rate_hz: number | null;
  readonly annotators: readonly string[];
  readonly notes: readonly string[];
}

export type TroubleOf = "options" | "movie" | "candidates" | "fit" | "output";

export interface Recognised {
  readonly movie: FoundMovie | null;
  readonly candidates: FoundCandidates | null;
  readonly name: string;
  /** A free name for the project, beside the movie. */
  readonly output: string;
  readonly troubles: Readonly<Partial<Record<TroubleOf, string>>>;
}

export type StartMessage =
  | { readonly type: "hello"; readonly server: string }
  | { readonly type: "start" }
  | { readonly type: "preparations"; readonly preparations: readonly Preparation[] }
  | { readonly type: "pong" };

export const getStart = () => getJson<Start>("start");

export const getDecided = (path: string) =>
  getJson<{ decided: number | null }>("start/decided", { path });

export const getFolder = (path: string) => getJson<Folder>("start/folder", { path });

export const postOpen = (path: string) => postJson("start/open", { path });

export const postForget = (path: string) => postJson("start/forget", { path });

export interface Sought {
  readonly movie: string;
  readonly candidates: string;
  readonly output: string;
  readonly options: Options;
}

export const postRecognise = (sought: Sought) => postJson<Recognised>("start/recognise", sought);

export const postPreparation = (id: string, sought: Sought) =>
  postJson("start/preparations", { id, ...sought });

export const postStop = (id: string) => postJson("start/preparations/stop", { id });
export const postGoOn = (id: string) => postJson("start/preparations/go-on", { id });
export const postRemove = (id: string) => postJson("start/preparations/remove", { id });
export const postMove = (id: string, places: number) =>
  postJson("start/preparations/move", { id, places });
