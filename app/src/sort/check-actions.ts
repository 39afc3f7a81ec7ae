/** What can be done while disagreements are reviewed or labels audited. */

import type { Action } from "../frame/actions";
import { acceptResult, withdrawResult } from "./state/acts";
import { beginAudit, showNext, stopAudit } from "./state/audit";
import { auditing } from "./state/audit-sheet";
import { isTwoClass } from "./state/project";
import { among, listUndecided, refreshReview, review, reviewing, stepDisagreement, withUndecided } from "./state/review";
import { session } from "./state/session";
import { chosenTab } from "./state/tabs";

export function checkActions(): readonly Action[] {
  const group = "Review and audit";
  const more = () => reviewing.value && (review.value?.rows.length ?? 0) > 0;
  const going = () => auditing.value;
  const learnt = () => session.value?.threshold != null || (session.value?.decided ?? 0) > 0;
  return [
    { id: "review.next", title: "Next disagreement", group, keys: ["."], run: () => stepDisagreement(1), enabled: more },
    { id: "review.previous", title: "Disagreement before", group, keys: [","], run: () => stepDisagreement(-1), enabled: more },
    {
      id: "review.refresh",
      title: "Look for disagreements anew",
      group,
      keys: ["Shift+J"],
      run: () => void refreshReview(),
      enabled: () => reviewing.value,
    },
    {
      id: "review.undecided",
      title: "List disagreements on what you have not judged (not blind), or leave them out",
      group,
      keys: ["Shift+V"],
      run: () => listUndecided(!withUndecided.value),
      enabled: () => reviewing.value && among.value === "annotators",
    },
    {
      id: "audit.begin",
      title: "Begin an audit (in its tab)",
      group,
      keys: ["Shift+W"],
      run: () => void beginAudit(),
      enabled: () => chosenTab.value === "audit" && isTwoClass.value && !auditing.value,
    },
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
