/** Tracking, as the frame knows it. */

import { note } from "../frame/notices";
import type { Tenant } from "../frame/tenant";
import "../styles/track.css";
import { trackActions } from "./actions";
import { resumeActs, unsaved } from "./state/acts";
import { connect } from "./state/live";
import { project } from "./state/project";
import { keepLeases, nextQuestion, queue, refill } from "./state/questions";
import { refreshState } from "./state/session";
import { showFrame } from "./state/shown";
import { Workspace } from "./views/workspace";

export const tracking: Tenant = { Workspace, actions: trackActions, begin, unsaved };

/** From the open project to the first question. */
async function begin(): Promise<void> {
  resumeActs();
  await Promise.all([refreshState(), refill()]);
  connect();
  keepLeases();
  if (queue.value.length) nextQuestion();
  else showFrame(0);
  if (project.value?.readonly) note("This project is open for reading only.");
}
