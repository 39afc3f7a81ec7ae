/** What can be done while disagreements are reviewed or labels audited. */

import type { Action } from "../frame/actions";
import { acceptResult, withdrawResult } from "./state/acts";
import { showNext, stopAudit } from "./state/audit";
import { auditing } from "./state/audit-sheet";
import { review, reviewing, stepDisagreement } from "./state/review";
import { session } from "./state/session";

export function checkActions(): readonly Action[] {
  const group = "Review and audit";
  const more = () => reviewing.value && (review.value?.rows.length ?? 0) > 0;
  const going = () => auditing.value;
  const learnt = () => session.value?.threshold != null || (session.value?.decided ?? 0) > 0;
  return [
    { id: "review.next", title: "Next disagreement", group, keys: ["."], run: () => stepDisagreement(1), enabled: more },
    { id: "review.previous", title: "Disagreement before", group, keys: [","], run: () => stepDisagreement(-1), enabled: more },
    { id: "audit.next", title: "The audit's next question", group, keys: [";"], run: showNext, enabled: going },
    { id: "audit.stop", title: "Stop the audit for now", group, keys: ["Shift+Q"], run: stopAudit, enabled: going },
    { id: "result.accept", title: "Accept the machine's labels of the rest", group, keys: ["Mod+Enter"], run: acceptResult, enabled: learnt },
    {
      id: "result.withdraw",
      title: "Take back what was accepted",
      group,
      keys: ["Mod+Shift+Enter"],
      run: withdrawResult,
      enabled: () => Boolean(session.value?.accepted),
    },
  ];
}
