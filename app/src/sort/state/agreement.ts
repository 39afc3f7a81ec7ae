/** How far the annotator agrees with himself. */

import { signal } from "@preact/signals";
import { getAgreement, type OwnAgreement } from "../../api/practice";
import { report } from "../../frame/notices";
import { annotator } from "./annotator";

/** null until it was fetched. */
export const agreement = signal<OwnAgreement | null>(null);

export async function fetchAgreement(): Promise<void> {
  try {
    agreement.value = await getAgreement(annotator.value);
  } catch (problem) {
    report(problem);
  }
}
