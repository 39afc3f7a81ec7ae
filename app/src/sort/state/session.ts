/** The annotator's session on the server: settings, estimates, advice. */

import { signal } from "@preact/signals";
import { RequestError } from "../../api/http";
import { getSession, postSession } from "../../api/routes";
import type { SessionSettings, SessionState } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";

export const session = signal<SessionState | null>(null);

/** Continue the annotator's session with its settings, or begin one. */
export async function openSession(name: string): Promise<void> {
  try {
    takeState(await getSession(name));
  } catch (problem) {
    if (!(problem instanceof RequestError) || problem.status !== 404) throw problem;
    takeState(await postSession(name));
  }
}

export async function changeSettings(settings: Partial<SessionSettings>): Promise<void> {
  const before = session.value;
  if (before) session.value = { ...before, settings: { ...before.settings, ...settings } };
  try {
    takeState(await postSession(annotator.value, settings));
  } catch (problem) {
    // What else has come meanwhile stays.
    if (before && session.value) session.value = { ...session.value, settings: before.settings };
    report(problem);
  }
}

/** Versions begin anew: another server counts. */
export function forgetVersion(): void {
  if (session.value) session.value = { ...session.value, version: -1 };
}

/** Take a state from the server unless a newer one is here. */
export function takeState(state: SessionState): void {
  if (state.annotator === annotator.value && state.version >= (session.value?.version ?? -1)) {
    session.value = state;
  }
}
