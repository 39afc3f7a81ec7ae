/** The nearest reference frame: there the chosen point is where a person put it. */

import { computed, effect, signal } from "@preact/signals";
import { annotator } from "../../frame/annotator";
import { getPoints } from "../api";
import { nearestFrame } from "../line";
import { session } from "./session";
import { frame, pictureOf, type Shown } from "./shown";

/** Its number; -1 where there is no other than the one that is shown. */
const reference = computed(() => nearestFrame(session.value?.progress.references ?? [], frame.value));

/** null while it is on its way, or where there is none. */
export const look = signal<Shown | null>(null);

const version = computed(() => session.value?.version ?? 0);

effect(() => {
  version.value;
  void load(reference.value);
});

async function load(wished: number): Promise<void> {
  if (wished < 0) {
    look.value = null;
    return;
  }
  try {
    const [picture, points] = await Promise.all([pictureOf(wished), getPoints(annotator.peek(), wished, false)]);
    if (reference.peek() === wished) look.value = { frame: wished, picture, points };
  } catch {
    look.value = null; // the frame itself tells what is wrong
  }
}
