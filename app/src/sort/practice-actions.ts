/** Practice, and leaving it. */

import type { Action } from "../frame/actions";
import { auditing } from "./state/audit-sheet";
import { leavePractice, openPractice, practising } from "./state/practice";

export function practiceActions(): readonly Action[] {
  return [
    {
      id: "practice",
      title: "Practise on known answers, or leave practice",
      group: "Practice",
      keys: ["Shift+T"],
      run: () => (practising.value ? leavePractice() : void openPractice()),
      enabled: () => !auditing.value,
    },
  ];
}
