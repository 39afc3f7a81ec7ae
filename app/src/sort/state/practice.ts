/** Practice on known answers: the same workspace, but nothing is decided. */

import { computed, effect, signal } from "@preact/signals";
import {
  getPractice,
  postPractice,
  postPracticeAnswer,
  postPracticeFinish,
  type Practice,
} from "../../api/practice";
import { annotator } from "../../frame/annotator";
import { closeDialog, openDialog } from "../../frame/dialogs";
import { note, report } from "../../frame/notices";
import { plural } from "../../frame/words";
import { mistakesOf, scoreOf, type Practised } from "../practice-score";
import { auditing } from "./audit-sheet";
import { prefetch } from "./candidates";
import { currentRow, show } from "./current";
import { revealing } from "./labels";
import { nextSuggestion } from "./navigation";
import { classes } from "./project";
import { clearSelection } from "./selection";
import { chosenTab } from "./tabs";

interface Run {
  readonly client_id: string;
  readonly source: string;
  readonly seed: number;
  readonly questions: readonly Practised[];
}

const AT_HAND = 3;

/** Whose answers there are, and earlier runs. */
export const practice = signal<Practice>({ sources: [], runs: [] });

const run = signal<Run | null>(null);
let before = -1;

export const practising = computed(() => run.value !== null);
export const practiceSource = computed(() => run.value?.source ?? "");
export const practised = computed(() => run.value?.questions ?? []);
export const practiceScore = computed(() => scoreOf(practised.value, classes.value));
export const mistakes = computed(() => mistakesOf(practised.value));

/** The question of the run that lies in front, if one does. */
export const practiceQuestion = computed(
  () => practised.value.find(({ row }) => row === currentRow.value) ?? null,
);

/** Rows that are still to be answered, in order. */
const open = computed(() => practised.value.filter(({ said }) => said === null).map(({ row }) => row));

export const practiceEnded = computed(
  () => practising.value && practised.value.every(({ known }) => known !== null),
);

/** Ask on whose answers to practise. */
export async function openPractice(): Promise<void> {
  try {
    practice.value = await getPractice(annotator.value);
    openDialog.value = "practice";
  } catch (problem) {
    report(problem);
  }
}

export async function beginPractice(source: string, number: number): Promise<void> {
  try {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] as number;
    const rows = await postPractice(annotator.value, source, number, seed);
    before = currentRow.value;
    clearSelection();
    revealing.value = false;
    const questions = rows.map((row) => ({ row, said: null, known: null }));
    run.value = { client_id: crypto.randomUUID(), source, seed, questions };
    chosenTab.value = "queue";
    closeDialog();
    nextPractice();
  } catch (problem) {
    report(problem);
  }
}

/** Compare an answer with the known one; it is told at once and recorded nowhere. */
export async function answerPractice(verdict: string): Promise<void> {
  const question = practiceQuestion.value;
  const now = run.value;
  if (!now || !question || question.said !== null) {
    note(question ? "This one is answered. Go on to the next." : "This one is not asked in this practice.");
    return;
  }
  if (verdict === "skip") {
    note("Practice skips nothing. Say unsure if you cannot tell.");
    return;
  }
  put({ ...question, said: verdict });
  try {
    const known = await postPracticeAnswer(annotator.value, now.source, question.row);
    put({ ...question, said: verdict, known });
    if (practiceEnded.value) await finish();
  } catch (problem) {
    put(question);
    report(problem);
  }
}

/** Go to the first question that has no answer. */
export function nextPractice(): void {
  const [next] = open.value;
  if (next === undefined) {
    note("Every question of this practice is answered. Leave it to go on judging.");
    return;
  }
  show(next);
  void prefetch(open.value.slice(1, 1 + AT_HAND));
}

/** Back to judging. */
export function leavePractice(): void {
  const left = open.value.length;
  run.value = null;
  if (left) note(`Practice left with ${plural(left, "question")} open; it is not among your scores.`);
  if (before >= 0) show(before);
  else nextSuggestion();
}

/** An audit asks for decisions. */
effect(() => {
  if (auditing.value) run.value = null;
});

/** In the run that goes on, if it still does. */
function put(question: Practised): void {
  const now = run.value;
  if (!now) return;
  const questions = now.questions.map((one) => (one.row === question.row ? question : one));
  run.value = { ...now, questions };
}

async function finish(): Promise<void> {
  const now = run.value;
  if (!now) return;
  const { client_id, source, seed, questions } = now;
  const answers = questions.map(({ row, said }) => ({ row, verdict: said as string }));
  const { runs } = await postPracticeFinish(annotator.value, { client_id, source, seed, answers });
  practice.value = { ...practice.value, runs };
}
