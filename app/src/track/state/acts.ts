/** Answers, undo and redo: shown at once, then sent until they are acknowledged. */

import { computed } from "@preact/signals";
import { postJson } from "../../api/http";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { Outbox, type Act } from "../../frame/outbox";
import { actStorage, type ActStorage } from "../../frame/outbox-storage";
import { plural } from "../../frame/words";
import { DOUBTED, HIDDEN, LEFT_OUT, SEEN, type TrackState } from "../api";
import { keypoint, question, stopwatch, type Place } from "./current";
import { project } from "./project";
import { forgetAnswers, isAnswered, refill } from "./questions";
import { session, takeState } from "./session";
import { isShown, refreshPoints, setPoint, shown, showFrame } from "./shown";

interface Answer {
  readonly state: TrackState;
  readonly frames: readonly number[];
}

export type Value = "seen" | "hidden" | "unsure" | "skip";

const NUMBERS: Readonly<Record<Value, number>> = {
  seen: SEEN,
  hidden: HIDDEN,
  unsure: DOUBTED,
  skip: LEFT_OUT,
};

let storage: ActStorage | null = null;

const outbox = new Outbox({
  send: ({ route, body }) => postJson<Answer>(route, body),
  acknowledged: (act, answer) => settle(act, answer as Answer),
  refused: (_, error) => {
    report(error);
    forgetAnswers();
    void refreshPoints();
    void refill();
  },
  keep: (acts) => storage?.keep(acts),
  wait: (milliseconds) => new Promise((resolve) => window.setTimeout(resolve, milliseconds)),
});

/** How many acts the server has not acknowledged. */
export const unsaved = computed(() => outbox.pending.value.length);
export const trouble = outbox.trouble;
export const retryNow = () => outbox.retry();

export const canUndo = computed(() => unsaved.value > 0 || (session.value?.can_undo ?? false));
export const canRedo = computed(() => session.value?.can_redo ?? false);

/** Whether an answer can be given: a point is chosen, and its frame is shown. */
export const canAnswer = computed(() => keypoint.value >= 0 && isShown.value);

/** Send what an earlier page of this annotator could not send. */
export function resumeActs(): void {
  storage = actStorage(localStorage, `${project.value?.id ?? ""}.${annotator.value}`, crypto.randomUUID());
  const left = storage.takeOver();
  if (!left.length) return;
  outbox.add(...left);
  note(`${plural(left.length, "answer")} from before had not been saved; now being sent.`);
}

/** Say where the chosen point is, or what else of it; without a place it is the machine's. */
export function answer(value: Value, place: Place | null = null): boolean {
  if (!canAnswer.value || !mayWrite()) return false;
  const frame = shown.value?.frame ?? 0;
  const about = question.value;
  setPoint(keypoint.value, NUMBERS[value], place);
  if (about) isAnswered(about.item);
  act("track/decide", { frame, keypoint: keypoint.value, value, position: place, seconds: stopwatch.seconds });
  return true;
}

/** Say that every point of the frame is where the machine puts it. */
export function confirmFrame(): void {
  if (isShown.value && mayWrite()) act("track/confirm", { frame: shown.value?.frame ?? 0 });
}

export const undo = () => act("track/undo", {});
export const redo = () => act("track/redo", {});

function mayWrite(): boolean {
  if (project.value?.readonly) report("This project is open for reading only; nothing can be decided.");
  return !project.value?.readonly;
}

function act(route: string, body: Readonly<Record<string, unknown>>): void {
  outbox.add({ route, body: { annotator: annotator.value, client_id: crypto.randomUUID(), ...body } });
}

function settle({ route }: Act, { state, frames }: Answer): void {
  takeState(state);
  const [first] = frames;
  if (route === "track/confirm") note(`Frame ${first} is a reference now.`);
  if (route === "track/undo" || route === "track/redo") {
    forgetAnswers();
    if (first !== undefined) showFrame(first);
    note(`${route === "track/undo" ? "Undone" : "Done again"}: what you said in frame ${frames.join(", ")}.`);
  }
  void refill();
}
