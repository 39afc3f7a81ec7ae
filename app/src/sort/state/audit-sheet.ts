/** The audit that is going on; while there is one, no prediction is shown anywhere. */

import { computed, signal } from "@preact/signals";
import type { AuditSheet } from "../../api/checks";

export const sheet = signal<AuditSheet | null>(null);

export const auditing = computed(() => sheet.value !== null);

/** Rows of its questions that have no answer yet; they look as though they had never been judged. */
export const openRows = computed<readonly number[]>(() =>
  (sheet.value?.questions ?? []).filter(({ said }) => said === null).map(({ row }) => row),
);

/** Note an answer, or that there is none any more. */
export function setSaid(row: number, said: string | null): void {
  if (!sheet.value) return;
  const questions = sheet.value.questions.map((one) => (one.row === row ? { row, said } : one));
  sheet.value = { ...sheet.value, questions };
}
