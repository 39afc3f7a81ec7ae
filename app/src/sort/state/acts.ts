/** Judging, undo, redo, notes and merges: shown at once, then sent until they are acknowledged. */

import { computed, signal } from "@preact/signals";
import { postJson } from "../../api/http";
import type { Labels } from "../../api/routes";
import type { SessionState } from "../../api/types";
import { annotator } from "../../frame/annotator";
import { note, report } from "../../frame/notices";
import { Outbox, type Act } from "../../frame/outbox";
import { actStorage, type ActStorage } from "../../frame/outbox-storage";
import { plural } from "../../frame/words";
import { show } from "./current";
import { acceptedText } from "../accepted";
import { reversalText } from "../undone";
import { fetchingLabels, decisionOf, numberOf, setDecided, wordOf } from "./labels";
import { nameOf } from "./names";
import { fetchNotes, notes } from "./notes";
import { project } from "./project";
import { questionOf } from "./questions";
import { session, takeState } from "./session";
import { lift, veil, veiled } from "./veil";

interface Answer {
  readonly state?: SessionState;
  readonly rows?: readonly number[];
  readonly kind?: "verdict" | "merge" | "note" | "result";
  /** Rows that are asked again, unannounced, now that the answer was undone. */
  readonly repeat?: readonly number[];
}

let storage: ActStorage | null = null;

const outbox = new Outbox({
  send: ({ route, body }) => postJson<Answer>(route, body),
  acknowledged: (act, answer) => void settle(act, answer as Answer),
  refused: (_, error) => {
    report(error);
    reversals.value += 1;
    void refreshLabels();
  },
  keep: (acts) => storage?.keep(acts),
  wait: (milliseconds) => new Promise((resolve) => window.setTimeout(resolve, milliseconds)),
});

/** How many acts the server has not acknowledged. */
export const unsaved = computed(() => outbox.pending.value.length);
export const trouble = outbox.trouble;
export const retryNow = () => outbox.retry();

/** Both rows of the pair whose merge was undone or done again last: suggestions are then to be fetched anew. */
export const mergeUndone = signal<readonly number[]>([]);

/** How often something was taken back or done again, or refused. */
export const reversals = signal(0);

/** Rows judged last, latest first. */
export const recent = signal<readonly number[]>([]);
const RECENT = 8;

/** Send what an earlier page of this annotator could not send. */
export function resumeActs(): void {
  const owner = `${project.value?.id ?? ""}.${annotator.value}`;
  storage = actStorage(localStorage, owner, crypto.randomUUID());
  const left = storage.takeOver();
  if (!left.length) return;
  outbox.add(...left);
  note(`${plural(left.length, "answer")} from before had not been saved; now being sent.`);
}

export function judge(rows: readonly number[], verdict: string, seconds: number): void {
  if (project.value?.readonly) {
    report("This project is open for reading only; nothing can be decided.");
    return;
  }
  const repeat = rows.length === 1 ? rows.filter((row) => veiled.value.has(row)) : [];
  lift(rows);
  setDecided(rows, numberOf(verdict));
  recent.value = [...rows, ...recent.value.filter((row) => !rows.includes(row))].slice(0, RECENT);
  const probe = rows.filter((row) => questionOf(row)?.probe);
  act("decide", { rows, verdict, seconds: round(seconds / rows.length), probe, repeat });
}

/** Answer a question of an audit. */
export function judgeAudit(name: string, row: number, verdict: string, seconds: number): void {
  setDecided([row], numberOf(verdict));
  act(`audits/${name}/answer`, { row, verdict, seconds: round(seconds) });
}

export const acceptResult = () => act("accept", {});
export const withdrawResult = () => act("accept", { withdraw: true });
export const undo = () => act("undo", {});
export const redo = () => act("redo", {});
export const writeNote = (row: number, text: string) => act("note", { row, text });
export const judgeMerge = (item: string, value: string, seconds: number) =>
  act("merges", { item, value, seconds: round(seconds) });

/** Fetch the labels, keeping what is not acknowledged yet. */
export const refreshLabels = fetchingLabels(withPending);

function act(route: string, body: Readonly<Record<string, unknown>>): void {
  const client_id = crypto.randomUUID();
  outbox.add({ route, body: { annotator: annotator.value, client_id, ...body } });
}

async function settle({ route }: Act, { state, rows, kind, repeat }: Answer): Promise<void> {
  if (state) takeState(state);
  if (route === "note") await fetchNotes();
  if (route === "accept") note(acceptedText(session.value?.accepted ?? null));
  if (route !== "undo" && route !== "redo") return;
  if (kind === "merge") mergeUndone.value = [...(rows ?? [])];
  if (kind === "note") await fetchNotes();
  reversals.value += 1;
  lift(rows ?? []);
  veil(repeat ?? []);
  await refreshLabels();
  const first = rows?.[0] ?? -1;
  if (first >= 0) show(first);
  note(
    reversalText({
      again: route === "redo",
      kind: kind ?? "verdict",
      names: (rows ?? []).map(nameOf),
      word: wordOf(decisionOf(first)),
      note: notes.value.get(first) ?? "",
      accepted: Boolean(session.value?.accepted),
    }),
  );
}

function withPending(fetched: Labels): Labels {
  const decided = fetched.decided.slice();
  for (const { body } of outbox.pending.value) {
    if (body["verdict"] === undefined) continue;
    const decision = numberOf(String(body["verdict"]));
    const rows = (body["rows"] ?? [body["row"]]) as readonly number[];
    for (const row of rows) decided[row] = decision;
  }
  return { ...fetched, decided };
}

export const canUndo = computed(() => unsaved.value > 0 || (session.value?.can_undo ?? false));
export const canRedo = computed(() => session.value?.can_redo ?? false);

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
