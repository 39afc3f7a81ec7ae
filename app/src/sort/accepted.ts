/** What was accepted, in words. */

import type { Accepted } from "../api/types";

export function acceptedText(accepted: Accepted | null): string {
  if (!accepted) return "Taken back: exports give the machine's labels as they are then.";
  if (accepted.trouble) return accepted.trouble;
  return `Accepted ${whenText(accepted.time_utc)}, on ${countText(accepted)}: exports give these labels.`;
}

/** Answers since do not change it, but those on single candidates outrank it. */
export function sinceText({ answers, answers_now }: Accepted): string {
  const since = answers_now - answers;
  if (since <= 0) return "No answer came since.";
  const come = since === 1 ? "1 answer has" : `${since.toLocaleString("en")} answers have`;
  return `${come} come since; they outrank it, but the machine's labels stay as accepted. Accept again to renew them.`;
}

function countText({ answers }: Accepted): string {
  return answers === 1 ? "1 answer" : `${answers.toLocaleString("en")} answers`;
}

/** Empty where it is not known. */
export function whenText(time: string | undefined): string {
  if (!time) return "";
  return new Date(time).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });
}
