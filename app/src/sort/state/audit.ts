/** Audits: drawn, answered blindly in their order, left and gone on with, reported. */

import { effect, signal } from "@preact/signals";
import {
  getAudit,
  getAuditReport,
  getAudits,
  postAudit,
  type AuditReport,
  type AuditSheet,
  type Audits,
} from "../../api/checks";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { plural } from "../../frame/words";
import { judgeAudit, refreshLabels, reversals } from "./acts";
import { auditing, openRows, setSaid, sheet } from "./audit-sheet";
import { prefetch } from "./candidates";
import { currentRow, show, stopwatch } from "./current";
import { revealing } from "./labels";
import { practising } from "./practice";
import { explanation } from "./reasons";
import { clearSelection } from "./selection";
import { chosenTab } from "./tabs";

const AT_HAND = 3;

/** null until they were fetched. */
export const audits = signal<Audits | null>(null);
export const auditReport = signal<AuditReport | null>(null);
/** Questions of the next audit. */
export const questionsWanted = signal(100);
/** Whose labels the next audit measures; the annotator's own, if empty. */
export const labelsOf = signal("");

export async function fetchAudits(): Promise<void> {
  try {
    audits.value = await getAudits(annotator.value);
  } catch (problem) {
    report(problem);
  }
}

export async function beginAudit(): Promise<void> {
  await open(() => postAudit(annotator.value, questionsWanted.value, labelsOf.value || annotator.value));
}

export async function continueAudit(name: string): Promise<void> {
  await open(() => getAudit(annotator.value, name));
}

/** Leave it for now; every answer is kept. */
export function stopAudit(): void {
  const left = sheet.value;
  sheet.value = null;
  void refreshLabels();
  void fetchAudits();
  if (left?.questions.some(({ said }) => said !== null)) void fetchReport(left.name);
}

/** What the answers so far say. */
export async function fetchReport(name: string): Promise<void> {
  try {
    auditReport.value = await getAuditReport(annotator.value, name);
  } catch (problem) {
    auditReport.value = null;
    report(problem);
  }
}

/** Answer the question in front, or one that was answered before. */
export function answerAudit(verdict: string): void {
  const row = currentRow.value;
  const now = sheet.value;
  const isAnswered = now?.questions.some((one) => one.row === row && one.said !== null);
  if (!now || (row !== openRows.value[0] && !isAnswered)) {
    note("This is not the audit's question. Go to its next question, or stop the audit.");
    return;
  }
  if (verdict === "skip") {
    note("An audit's questions cannot be skipped. Say unsure if you cannot tell.");
    return;
  }
  judgeAudit(now.name, row, verdict, stopwatch.seconds);
  setSaid(row, verdict);
  showNext();
}

/** Go to the first question that has no answer. */
export function showNext(): void {
  const [next] = openRows.value;
  if (next === undefined) {
    note("Every question of this audit is answered.");
    return;
  }
  show(next);
  void prefetch(openRows.value.slice(1, 1 + AT_HAND));
}

async function open(fetchSheet: () => Promise<AuditSheet>): Promise<void> {
  if (practising.value) {
    note("Leave practice before you audit.");
    return;
  }
  try {
    const found = await fetchSheet();
    clearSelection();
    revealing.value = false;
    explanation.value = null;
    auditReport.value = null;
    sheet.value = found;
    chosenTab.value = "audit";
    await refreshLabels();
    showNext();
    note(`${plural(found.questions.length, "question")}; predictions are hidden until you stop.`);
  } catch (problem) {
    report(problem);
  }
}

/** An undo may have taken back an answer of the audit. */
effect(() => {
  const name = reversals.value ? sheet.peek()?.name : undefined;
  if (name) void refetch(name);
});

async function refetch(name: string): Promise<void> {
  try {
    const found = await getAudit(annotator.value, name);
    if (auditing.value && sheet.value?.name === name) sheet.value = found;
  } catch (problem) {
    report(problem);
  }
}
