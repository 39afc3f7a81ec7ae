/** Names of candidates, as the extractor gave them; with the recording's where there are several. */

import { computed, signal } from "@preact/signals";
import { getIdentities } from "../../api/routes";
import { report } from "../../frame/notices";
import { currentRow } from "./current";
import { project, recordingOf } from "./project";

/** The extractor's own name of each candidate. */
export const identities = signal<readonly string[]>([]);

/** The name of each candidate on the page. */
export const names = computed<readonly string[]>(() => {
  const recordings = project.value?.recordings ?? [];
  if (recordings.length < 2) return identities.value;
  return recordings.flatMap(({ name, first, candidates }) =>
    identities.value.slice(first, first + candidates).map((identity) => `${name}/${identity}`),
  );
});

export function nameOf(row: number): string {
  return names.value[row] ?? String(row);
}

/** Row of a name, with or without the recording's, which is the current one's then; -1 if unknown. */
export function rowOf(name: string): number {
  const recordings = project.value?.recordings ?? [];
  const named = recordings.find((one) => name.startsWith(`${one.name}/`));
  const recording = named ?? recordingOf(currentRow.value) ?? recordings[0];
  if (!recording) return -1;
  const identity = named ? name.slice(named.name.length + 1) : name;
  const end = recording.first + recording.candidates;
  const row = identities.value.indexOf(identity, recording.first);
  return row < end ? row : -1;
}

export async function fetchIdentities(): Promise<void> {
  try {
    const recordings = project.value?.recordings ?? [];
    const all = await Promise.all(recordings.map(({ number }) => getIdentities(number)));
    identities.value = all.flat();
  } catch (problem) {
    report(problem);
  }
}
