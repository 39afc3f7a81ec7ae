/** The open project, of whatever kind, and why it cannot be shown if it cannot. */

import { signal } from "@preact/signals";
import { RequestError } from "../api/http";
import { getProject } from "../api/routes";
import type { OpenedProject } from "../api/types";

export interface Failure {
  readonly text: string;
  /** Whether the server could open the project's decisions at least. */
  readonly decisions: boolean;
}

export const opened = signal<OpenedProject | null>(null);

/** Why the page cannot be used, if it cannot. */
export const failure = signal<Failure | null>(null);

/** Whether there is a server, but no project open there. */
export const away = signal(false);

export function fail(problem: unknown): void {
  if (problem instanceof RequestError && problem.status === 503) {
    away.value = true;
    return;
  }
  const text = problem instanceof Error ? problem.message : String(problem);
  failure.value = { text, decisions: problem instanceof RequestError && problem.status === 500 };
}

export async function openProject(): Promise<void> {
  try {
    opened.value = await getProject();
    document.title = `${opened.value.name} · Sightline`;
  } catch (problem) {
    fail(problem);
  }
}
