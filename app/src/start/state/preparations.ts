/** What can be done with a preparation in the queue. */

import { computed, signal } from "@preact/signals";
import { postGoOn, postMove, postRemove, postStop, type Preparation } from "../../api/start";
import { report } from "../../frame/notices";
import { openProject, refresh, start } from "./start";

const chosenId = signal("");

export const preparations = computed(() => start.value?.preparations ?? []);

/** The one that keys are for: chosen by arrow keys or pointer, else the first. */
export const chosen = computed<Preparation | null>(
  () => preparations.value.find(({ id }) => id === chosenId.value) ?? preparations.value[0] ?? null,
);

export function choose(id: string): void {
  chosenId.value = id;
}

export function chooseNext(steps: number): void {
  const place = preparations.value.indexOf(chosen.value as Preparation) + steps;
  const next = preparations.value[Math.min(Math.max(place, 0), preparations.value.length - 1)];
  if (next) choose(next.id);
}

export const isOver = ({ state }: Preparation) =>
  state === "stopped" || state === "failed" || state === "done";

export const canGoOn = ({ state }: Preparation) => state === "stopped" || state === "failed";

export function stopOrGoOn(preparation: Preparation): void {
  if (canGoOn(preparation)) void tried(postGoOn(preparation.id));
  else if (!isOver(preparation)) void tried(postStop(preparation.id));
}

export function move(preparation: Preparation, places: number): void {
  choose(preparation.id);
  void tried(postMove(preparation.id, places));
}

export function remove(preparation: Preparation): void {
  void tried(postRemove(preparation.id));
}

export function open(preparation: Preparation): void {
  if (preparation.state === "done") void openProject(preparation.wish.output);
}

async function tried(request: Promise<unknown>): Promise<void> {
  try {
    await request;
  } catch (problem) {
    report(problem);
  }
  await refresh();
}
