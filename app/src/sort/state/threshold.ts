/** A threshold that is tried out: the map follows it before the server has it. */

import { effect, signal } from "@preact/signals";
import { changeSettings, session } from "./session";

/** null while the session's own is in use. */
export const triedThreshold = signal<number | null>(null);

const thresholdTarget = (threshold: number) => `threshold=${Number(threshold.toFixed(3))}`;

export function tryThreshold(threshold: number): void {
  triedThreshold.value = threshold;
}

const REST_MS = 400;
let resting = 0;

/** Keep it as what is wanted of the labels, once the slider rests. */
export function setThreshold(threshold: number): void {
  triedThreshold.value = threshold;
  window.clearTimeout(resting);
  resting = window.setTimeout(() => void keep(threshold), REST_MS);
}

async function keep(threshold: number): Promise<void> {
  const target = thresholdTarget(threshold);
  await changeSettings({ target });
  if (session.value?.settings.target !== target) triedThreshold.value = null;
}

/** The session's own is in use again once it is the same. */
effect(() => {
  const state = session.value;
  const tried = triedThreshold.peek();
  if (!state || tried === null) return;
  const same = state.threshold !== null && Math.abs(state.threshold - tried) < 1e-3;
  if (same) triedThreshold.value = null;
});
