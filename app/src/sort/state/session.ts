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
    session.value = await getSession(name);
  } catch (problem) {
    if (!(problem instanceof RequestError) || problem.status !== 404) throw problem;
    session.value = await postSession(name);
  }
}

export async function changeSettings(settings: Partial<SessionSettings>): Promise<void> {
  const before = session.value;
  if (before) session.value = { ...before, settings: { ...before.settings, ...settings } };
  try {
    session.value = await postSession(annotator.value, settings);
  } catch (problem) {
    session.value = before;
    report(problem);
  }
}

/** Take a state from the server unless a newer one is here. */
export function takeState(state: SessionState): void {
  if (state.annotator === annotator.value && state.version >= (session.value?.version ?? -1)) {
    session.value = state;
  }
}
