/** Recent projects, preparations, and how the page keeps them up to date. */

import { signal } from "@preact/signals";
import { liveAddress } from "../../api/http";
import { listen } from "../../api/live";
import {
  getDecided,
  getStart,
  postForget,
  postOpen,
  type Recent,
  type Start,
  type StartMessage,
} from "../../api/start";
import { note, report } from "../../frame/notices";
import { goToProject } from "../where";

export const start = signal<Start | null>(null);

/** Why there is nothing to show, if there is nothing. */
export const failure = signal("");

/** How many candidates of a project are decided, by path; null where that is not known. */
export const decided = signal<ReadonlyMap<string, number | null>>(new Map());

/** Path of the project that is being opened. */
export const opening = signal("");

export const connected = signal(true);

/** How often preparations were pushed: these are newer than what was asked for before. */
let pushed = 0;

export async function refresh(): Promise<void> {
  const before = pushed;
  try {
    const found = await getStart();
    const newer = before !== pushed && start.value;
    start.value = newer ? { ...found, preparations: newer.preparations } : found;
    failure.value = "";
    void countDecided(start.value.recents);
  } catch (problem) {
    if (start.value) report(problem);
    else failure.value = problem instanceof Error ? problem.message : String(problem);
  }
}

export function connect(): void {
  listen<StartMessage>(liveAddress("start/live"), {
    message: (message) => void take(message),
    connected: (open) => {
      if (open && !connected.value) {
        note("Connected again.");
        void refresh();
      }
      connected.value = open;
    },
  });
}

export async function openProject(path: string): Promise<void> {
  if (opening.value) return;
  opening.value = path;
  try {
    await postOpen(path);
    goToProject();
  } catch (problem) {
    opening.value = "";
    report(problem);
  }
}

export async function forget(...recents: readonly Recent[]): Promise<void> {
  try {
    for (const { path } of recents) await postForget(path);
  } catch (problem) {
    report(problem);
  }
}

async function take(message: StartMessage): Promise<void> {
  if (message.type === "preparations" && start.value) {
    pushed += 1;
    start.value = { ...start.value, preparations: message.preparations };
  }
  if (message.type === "start") await refresh();
  if (message.type === "hello" && start.value && message.server !== start.value.server) {
    await refresh();
  }
}

/** One project after the other: each count reads a journal. */
async function countDecided(recents: readonly Recent[]): Promise<void> {
  for (const { path, there } of recents) {
    if (!there || decided.value.has(path)) continue;
    decided.value = new Map(decided.value).set(path, null);
    try {
      const { decided: count } = await getDecided(path);
      decided.value = new Map(decided.value).set(path, count);
    } catch {
      // Only a number in a list is missing.
    }
  }
}
