/** Sorting and filtering rows by numbers. */

export interface Filter {
  /** Part of the name. */
  readonly text: string;
  /** Decisions to list; all, if null. */
  readonly decisions: readonly number[] | null;
  /** Column whose values are limited; none, if empty. */
  readonly column: string;
  readonly least: number | null;
  readonly most: number | null;
  /** Number of the recording to list; all, if null. */
  readonly recording: number | null;
  /** Whether only candidates with a note are listed. */
  readonly noted: boolean;
}

export const NO_FILTER: Filter = {
  text: "",
  decisions: null,
  column: "",
  least: null,
  most: null,
  recording: null,
  noted: false,
};

export interface Ordering {
  /** Values to sort by; the order of the data, if null. */
  readonly keys: ArrayLike<number> | null;
  readonly descending: boolean;
  readonly filter: Filter;
  readonly names: readonly string[];
  readonly decided: ArrayLike<number>;
  /** Values of the filter's column. */
  readonly filtered: ArrayLike<number> | null;
  /** Rows from and to (exclusive) of the filter's recording, or of all. */
  readonly range: readonly [number, number];
  /** Rows with a note. */
  readonly noted: { readonly has: (row: number) => boolean };
}

/** Rows in order; values that are not finite come last, equal ones in the order of the data. */
export function orderRows(ordering: Ordering): Uint32Array {
  const { keys, descending, range } = ordering;
  const rows: number[] = [];
  for (let row = range[0]; row < range[1]; row++) if (passes(row, ordering)) rows.push(row);
  if (!keys) return Uint32Array.from(descending ? rows.reverse() : rows);
  const last = descending ? -Infinity : Infinity;
  const key = (row: number) => {
    const value = keys[row] as number;
    return Number.isFinite(value) ? value : last;
  };
  const sign = descending ? -1 : 1;
  return Uint32Array.from(rows).sort((first, second) => {
    const difference = key(first) - key(second);
    return difference > 0 ? sign : difference < 0 ? -sign : first - second;
  });
}

function passes(row: number, { filter, names, decided, filtered, noted }: Ordering): boolean {
  if (filter.noted && !noted.has(row)) return false;
  if (filter.decisions && !filter.decisions.includes(decided[row] as number)) return false;
  if (filter.text && !(names[row] ?? "").toLowerCase().includes(filter.text.toLowerCase())) {
    return false;
  }
  if (!filtered) return true;
  const value = filtered[row] as number;
  const { least, most } = filter;
  return (least === null || value >= least) && (most === null || value <= most);
}
