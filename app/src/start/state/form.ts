/** The project to prepare, as far as it is said, and what the server makes of it. */

import { computed, effect, signal } from "@preact/signals";
import { postPreparation, postRecognise, type Preparation, type Recognised } from "../../api/start";
import { note } from "../../frame/notices";
import { optionsOf, typedOf, type Typed } from "../fields";
import { choose } from "./preparations";
import { refresh } from "./start";

const QUIET_MS = 350;

export const movie = signal("");
export const candidates = signal("");
/** Empty as long as the name that the server proposes will do. */
export const output = signal("");
export const typed = signal<Typed>({});

export const recognised = signal<Recognised | null>(null);
export const looking = signal(false);
/** Why it could not be looked at or put into the queue. */
export const refusal = signal("");

export const shownOutput = computed(() => output.value || recognised.value?.output || "");

export const canPrepare = computed(() => {
  const found = recognised.value;
  if (!found || looking.value || !shownOutput.value) return false;
  return found.candidates !== null && Object.keys(found.troubles).length === 0;
});

/** What is to be looked at; the output is known by itself, and so never looked for twice. */
const sought = computed(() => ({
  movie: movie.value.trim(),
  candidates: candidates.value.trim(),
  output: output.value.trim(),
  options: optionsOf(typed.value),
}));

export function setTyped(id: string, text: string): void {
  typed.value = { ...typed.value, [id]: text };
}

/** Look again a moment after the last change; an answer about what was changed since is dropped. */
export function lookWhenChanged(): void {
  let timer = 0;
  let last = 0;
  effect(() => {
    const wanted = sought.value;
    const number = ++last;
    window.clearTimeout(timer);
    if (!wanted.movie && !wanted.candidates) {
      recognised.value = null;
      looking.value = false;
      refusal.value = "";
      return;
    }
    looking.value = true;
    timer = window.setTimeout(async () => {
      try {
        const found = await postRecognise(wanted);
        if (number !== last) return;
        recognised.value = found;
        refusal.value = "";
      } catch (problem) {
        if (number !== last) return;
        recognised.value = null;
        refusal.value = problem instanceof Error ? problem.message : String(problem);
      }
      looking.value = false;
    }, QUIET_MS);
  });
}

export async function prepare(): Promise<void> {
  if (!canPrepare.value) return;
  const wish = { ...sought.value, output: shownOutput.value };
  const id = crypto.randomUUID();
  try {
    await postPreparation(id, wish);
    clear();
    choose(id);
    note("It is in the queue; it goes on also when this page is closed.");
    await refresh();
  } catch (problem) {
    refusal.value = problem instanceof Error ? problem.message : String(problem);
  }
}

export function clear(): void {
  movie.value = "";
  candidates.value = "";
  output.value = "";
  typed.value = {};
}

/** Take a preparation's inputs into the form, to change them. */
export function change({ wish }: Preparation): void {
  movie.value = wish.movie;
  candidates.value = wish.candidates;
  output.value = wish.output;
  typed.value = typedOf(wish.said);
}
