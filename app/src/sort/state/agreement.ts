/** How far the annotator agrees with himself. */

import { signal } from "@preact/signals";
import { getAgreement, type OwnAgreement } from "../../api/practice";
import { annotator } from "../../frame/annotator";
import { report } from "../../frame/notices";

/** null until it was fetched. */
export const agreement = signal<OwnAgreement | null>(null);

export async function fetchAgreement(): Promise<void> {
  try {
    agreement.value = await getAgreement(annotator.value);
  } catch (problem) {
    report(problem);
  }
}
