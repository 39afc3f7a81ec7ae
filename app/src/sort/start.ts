/** From the open project to the first question. */

import { effect, signal } from "@preact/signals";
import { RequestError } from "../api/http";
import { getProject } from "../api/routes";
import { setActions } from "../frame/actions";
import { note } from "../frame/notices";
import { sortActions } from "./actions";
import { refreshLabels, resumeActs, unsaved } from "./state/acts";
import { annotator } from "./state/annotator";
import { currentRow, show } from "./state/current";
import { connect } from "./state/live";
import { nextSuggestion } from "./state/navigation";
import { fetchNotes } from "./state/notes";
import { fetchIdentities } from "./state/names";
import { project } from "./state/project";
import { keepLeases, queue, refill } from "./state/questions";
import { openSession } from "./state/session";

export interface Failure {
  readonly text: string;
  /** Whether the server could open the project's decisions at least. */
  readonly decisions: boolean;
}

/** Why the page cannot be used, if it cannot. */
export const failure = signal<Failure | null>(null);

/** Whether there is a server, but no project open there. */
export const away = signal(false);

function fail(problem: unknown): void {
  if (problem instanceof RequestError && problem.status === 503) {
    away.value = true;
    return;
  }
  const text = problem instanceof Error ? problem.message : String(problem);
  failure.value = { text, decisions: problem instanceof RequestError && problem.status === 500 };
}

export async function openProject(): Promise<void> {
  try {
    project.value = await getProject();
    document.title = `${project.value.name} · Sightline`;
    setActions(sortActions());
  } catch (problem) {
    fail(problem);
  }
}

/** Begin as soon as it is known who judges. */
export function beginWhenReady(): void {
  let begun = "";
  effect(() => {
    const name = annotator.value;
    if (!project.value || !name || name === begun) return;
    begun = name;
    void begin(name);
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.peek()) event.preventDefault();
  });
}

async function begin(name: string): Promise<void> {
  try {
    void fetchIdentities();
    resumeActs();
    await Promise.all([openSession(name), refreshLabels(), refill(), fetchNotes()]);
    connect();
    keepLeases();
    if (queue.value.length) nextSuggestion();
    else if (currentRow.value < 0) show(0);
    if (project.value?.readonly) note("This project is open for reading only.");
  } catch (problem) {
    fail(problem);
  }
}
