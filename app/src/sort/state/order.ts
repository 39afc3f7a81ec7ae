/** The order in which candidates are listed and stepped through: the table's rows. */

import { computed, signal } from "@preact/signals";
import { getFeatures } from "../../api/routes";
import { report } from "../../frame/notices";
import { stored } from "../../frame/stored";
import { NO_FILTER, orderRows, type Filter } from "../ordering";
import { currentRow } from "./current";
import { labels, UNDECIDED } from "./labels";
import { names } from "./names";
import { notes } from "./notes";
import { candidateCount, project } from "./project";

/** A column of the table: "row", "identity", "decision", "prediction", "probability", "note" or a feature. */
export type Column = string;
export const FIXED_COLUMNS = ["row", "identity", "decision", "prediction", "probability"];

export const sorting = signal<{ column: Column; descending: boolean }>({
  column: "row",
  descending: false,
});
export const filter = signal<Filter>(NO_FILTER);

/** Whether stepping passes over what is decided. */
export const undecidedOnly = stored("undecided-only", false);

/** Features shown as columns, beside the fixed ones. */
export const featureColumns = stored<readonly string[]>("feature-columns", []);

const features = signal<ReadonlyMap<string, Float32Array>>(new Map());
const fetching = new Set<string>();

/** Values of a feature of all candidates; null while they are on their way. */
export function featureValues(name: string): Float32Array | null {
  const there = features.value.get(name);
  if (!there && !fetching.has(name) && project.value?.features.includes(name)) void fetchFeature(name);
  return there ?? null;
}

/** Rows as listed. */
export const order = computed<Uint32Array>(() => {
  const { column, descending } = sorting.value;
  return orderRows({
    keys: columnValues(column),
    descending,
    filter: filter.value,
    names: names.value,
    decided: filter.value.decisions ? labels.value.decided : [],
    filtered: filter.value.column ? columnValues(filter.value.column) : null,
    range: rangeOf(filter.value.recording),
    noted: filter.value.noted ? notes.value : new Set(),
  });
});

/** Whether a part of the candidates is listed only. */
export const isFiltered = computed(() => order.value.length < candidateCount.value);

/** Rows as stepped through: as listed, without the decided ones if those are passed over. */
export const steppedRows = computed<Uint32Array>(() => {
  if (!undecidedOnly.value) return order.value;
  const { decided } = labels.value;
  return order.value.filter((row) => decided[row] === UNDECIDED || row === currentRow.value);
});

/** First row and the one after the last; of all recordings if none is given. */
function rangeOf(recording: number | null): readonly [number, number] {
  const one = project.value?.recordings.find(({ number }) => number === recording);
  return one ? [one.first, one.first + one.candidates] : [0, candidateCount.value];
}

/** The row so many steps after another in the listed order, or null at its end. */
export function stepFrom(row: number, steps: 1 | -1): number | null {
  const rows = order.value;
  const decided = undecidedOnly.value ? labels.value.decided : null;
  let place = rows.indexOf(row);
  if (place < 0 && steps < 0) place = rows.length;
  for (place += steps; place >= 0 && place < rows.length; place += steps) {
    const next = rows[place] as number;
    if (!decided || decided[next] === UNDECIDED) return next;
  }
  return null;
}

/** Numbers to sort by; null for the order of the data. */
export function columnValues(column: Column): ArrayLike<number> | null {
  if (column === "row" || column === "identity") return null;
  if (column === "note") return notedValues();
  if (column === "decision") return labels.value.decided;
  if (column === "prediction") return labels.value.predicted;
  return column === "probability" ? labels.value.probability : featureValues(column);
}

/** 1 where there is a note. */
function notedValues(): Uint8Array {
  const values = new Uint8Array(candidateCount.value);
  for (const row of notes.value.keys()) values[row] = 1;
  return values;
}

async function fetchFeature(name: string): Promise<void> {
  fetching.add(name);
  try {
    features.value = new Map([...features.value, [name, await getFeatures([name])]]);
  } catch (problem) {
    report(problem);
  }
  fetching.delete(name);
}
