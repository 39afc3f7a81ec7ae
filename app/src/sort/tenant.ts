/** Sorting, as the frame knows it. */

import { note } from "../frame/notices";
import type { Tenant } from "../frame/tenant";
import { sortActions } from "./actions";
import { refreshLabels, resumeActs, unsaved } from "./state/acts";
import { currentRow, show } from "./state/current";
import { connect } from "./state/live";
import { nextSuggestion } from "./state/navigation";
import { fetchNotes } from "./state/notes";
import { fetchIdentities } from "./state/names";
import { project } from "./state/project";
import { keepLeases, queue, refill } from "./state/questions";
import { openSession } from "./state/session";
import { Workspace } from "./views/workspace";

export const sorting: Tenant = { Workspace, actions: sortActions, begin, unsaved };

/** From the open project to the first question. */
async function begin(name: string): Promise<void> {
  void fetchIdentities();
  resumeActs();
  await Promise.all([openSession(name), refreshLabels(), refill(), fetchNotes()]);
  connect();
  keepLeases();
  if (queue.value.length) nextSuggestion();
  else if (currentRow.value < 0) show(0);
  if (project.value?.readonly) note("This project is open for reading only.");
}
