/** Evidence of candidates, fetched ahead so that the next one is drawn at once. */

import { getCandidate, type Candidate } from "../../api/routes";
import { recordingOf } from "./project";

const MOST_KEPT = 240;

const kept = new Map<number, Candidate>();
const coming = new Map<number, Promise<Candidate>>();

export function cachedCandidate(row: number): Candidate | null {
  return kept.get(row) ?? null;
}

export function fetchCandidate(row: number): Promise<Candidate> {
  const there = kept.get(row);
  if (there) return Promise.resolve(there);
  const begun = coming.get(row);
  if (begun) return begun;
  const fetched = getCandidate(row)
    .then((candidate) => keep(row, candidate))
    .finally(() => coming.delete(row));
  coming.set(row, fetched);
  return fetched;
}

/** Fetch what may be needed next, and say whether all is here; failures show when it is really needed. */
export async function prefetch(rows: readonly number[]): Promise<boolean> {
  const seen = rows.filter((row) => recordingOf(row)?.evidence);
  const fetched = await Promise.allSettled(seen.map(fetchCandidate));
  return fetched.every(({ status }) => status === "fulfilled");
}

function keep(row: number, candidate: Candidate): Candidate {
  kept.set(row, candidate);
  for (const oldest of kept.keys()) {
    if (kept.size <= MOST_KEPT) break;
    kept.delete(oldest);
  }
  return candidate;
}
