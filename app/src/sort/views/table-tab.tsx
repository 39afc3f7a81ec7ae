/** All candidates as a table: sorted, filtered, as many rows drawn as are seen. */

import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { rootFont } from "../../frame/root-font";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { Icon } from "../../frame/views/icon";
import { currentRow, show } from "../state/current";
import { decisionOf, labels, wordOf } from "../state/labels";
import { columnValues, featureColumns, FIXED_COLUMNS, order, sorting } from "../state/order";
import { nameOf } from "../state/names";
import { notes } from "../state/notes";
import { project } from "../state/project";
import { addToSelection, selection, toggleSelected } from "../state/selection";
import { StateMark } from "./state-mark";
import { TableFilter } from "./table-filter";

const ROW_REM = 1.75;
const SPARE_ROWS = 8;

export function TableTab() {
  const noted = notes.value.size ? ["note"] : [];
  const columns = [...FIXED_COLUMNS.slice(1), ...noted, ...featureColumns.value];
  return (
    <>
      <TableFilter />
      <div class="panel-head">
        <span class="hint">{order.value.length.toLocaleString("en")} listed</span>
        <ActionButton action="table.select" class="quiet">
          select these
        </ActionButton>
        <span class="spring" />
        <Choice
          bare
          label="Show a feature"
          hint="Show a feature as a column, or hide it again"
          value=""
          options={[{ value: "", text: "columns …" }, ...featureOptions()]}
          change={toggleColumn}
        />
      </div>
      <Rows columns={columns} />
    </>
  );
}

function featureOptions() {
  return (project.value?.features ?? []).map((name) => ({
    value: name,
    text: `${featureColumns.value.includes(name) ? "✓ " : ""}${name}`,
  }));
}

function toggleColumn(name: string): void {
  if (!name) return;
  const shown = featureColumns.value;
  featureColumns.value = shown.includes(name)
    ? shown.filter((one) => one !== name)
    : [...shown, name];
}

function Rows({ columns }: { readonly columns: readonly string[] }) {
  const place = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(400);
  const rows = order.value;
  const rowHeight = ROW_REM * rootFont();
  const begin = Math.max(Math.floor(top.value / rowHeight) - SPARE_ROWS, 0);
  const end = Math.min(begin + Math.ceil(height.value / rowHeight) + 2 * SPARE_ROWS, rows.length);
  const at = rows.indexOf(currentRow.value);

  useEffect(() => {
    const element = place.current as HTMLDivElement;
    const observer = new ResizeObserver(() => (height.value = element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = place.current;
    if (!element || at < 0) return;
    const wanted = at * rowHeight;
    const seen = wanted >= element.scrollTop && wanted < element.scrollTop + element.clientHeight - 2 * rowHeight;
    if (!seen) element.scrollTop = wanted - element.clientHeight / 2;
  }, [at]);

  return (
    <div
      class="table"
      role="grid"
      aria-rowcount={rows.length}
      aria-label="Candidates"
      tabIndex={0}
      ref={place}
      onScroll={(event) => (top.value = event.currentTarget.scrollTop)}
      onKeyDown={(event) => moveByKey(event, rows, at)}
    >
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          <tr class="filler" style={{ height: `${begin * rowHeight}px` }} />
          {Array.from(rows.subarray(begin, end), (row, index) => (
            <Row key={row} row={row} number={begin + index} columns={columns} />
          ))}
          <tr class="filler" style={{ height: `${(rows.length - end) * rowHeight}px` }} />
        </tbody>
      </table>
    </div>
  );
}

function Head({ column }: { readonly column: string }) {
  const { column: sorted, descending } = sorting.value;
  const here = sorted === column || (column === "identity" && sorted === "row");
  const sort = () =>
    (sorting.value = { column: column === "identity" ? "row" : column, descending: here && !descending });
  return (
    <th scope="col" aria-sort={here ? (descending ? "descending" : "ascending") : "none"}>
      <button type="button" title={`Sort by ${column}`} onClick={sort}>
        {column.replaceAll("_", " ")}
        {here && <Icon name={descending ? "down" : "up"} />}
      </button>
    </th>
  );
}

interface RowProps {
  readonly row: number;
  readonly number: number;
  readonly columns: readonly string[];
}

function Row({ row, number, columns }: RowProps) {
  return (
    <tr
      aria-rowindex={number + 1}
      aria-selected={selection.value.has(row)}
      aria-current={row === currentRow.value}
      title="Click: look; Ctrl+click: select; Shift+click: select all between"
      onClick={(event) => choose(event, row)}
    >
      {columns.map((column) => (
        <td key={column}>{cell(row, column)}</td>
      ))}
    </tr>
  );
}

/** Look at a row, or select it, or all from the current one to it. */
function choose(event: MouseEvent, row: number): void {
  if (event.ctrlKey || event.metaKey) toggleSelected(row);
  else if (event.shiftKey) {
    const rows = order.value;
    const [from, to] = [rows.indexOf(currentRow.value), rows.indexOf(row)].sort((one, two) => one - two) as [number, number];
    addToSelection(rows.subarray(Math.max(from, 0), to + 1));
  } else show(row);
}

function cell(row: number, column: string) {
  if (column === "identity") return nameOf(row);
  if (column === "decision") return <StateMark decision={decisionOf(row)} word />;
  if (column === "prediction") {
    const predicted = labels.value.predicted[row] ?? -1;
    return predicted < 0 ? "" : wordOf(predicted);
  }
  if (column === "note") return notes.value.get(row) ?? "";
  const value = columnValues(column)?.[row];
  return value === undefined || !Number.isFinite(value) ? "" : Number(value.toPrecision(3));
}

function moveByKey(event: KeyboardEvent, rows: Uint32Array, at: number): void {
  const steps = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const next = rows[at + steps];
  if (!steps || next === undefined) return;
  event.preventDefault();
  show(next);
}
