/** Panes of equal size, as large as fits. */

export interface Arrangement {
  readonly columns: number;
  readonly rows: number;
  /** Side of the square image in a pane. */
  readonly side: number;
}

/**
 * Arrange panes of `side` by `side + footer` in a box.
 *
 * Of equally large ones the arrangement with fewer rows is taken.
 */
export function arrange(
  count: number,
  width: number,
  height: number,
  gap: number,
  footer: number,
): Arrangement {
  let best: Arrangement = { columns: count, rows: 1, side: 1 };
  for (let rows = 1; rows <= count; rows++) {
    const columns = Math.ceil(count / rows);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows - footer;
    const side = Math.floor(Math.min(across, down));
    if (side > best.side) best = { columns, rows, side };
  }
  return best;
}
