/** Whose traces lie over the candidate's own, in which colour; a click goes there. */

import { BESIDE_COLOURS } from "../marks";
import { show } from "../state/current";
import { neighbourTraces, tracesBeside } from "../state/evidence";
import { nameOf } from "../state/names";

export function TraceLegend() {
  const rows = [...tracesBeside.value.keys()];
  if (!neighbourTraces.value && !rows.length) return null;
  return (
    <ul class="trace-legend" aria-label="Traces of neighbours">
      {!rows.length && <li class="hint">no neighbours</li>}
      {rows.map((row, number) => (
        <li key={row}>
          <button type="button" class="quiet" title={`Go to candidate ${nameOf(row)}`} onClick={() => show(row)}>
            <span class="line" style={{ background: BESIDE_COLOURS[number] }} />
            {nameOf(row)}
          </button>
        </li>
      ))}
    </ul>
  );
}
