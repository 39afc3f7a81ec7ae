/** Features of the current candidate, where there is nothing to look at. */

import { useEffect } from "preact/hooks";
import { currentRow } from "../state/current";
import { featureTable, fetchFeatureTable } from "../state/feature-table";
import { project } from "../state/project";

function Share({ of }: { readonly of: number }) {
  const percent = `${Math.round(100 * of)}%`;
  return (
    <span class="share" role="img" aria-label={percent} title={percent}>
      <span style={{ width: percent }} />
    </span>
  );
}

export function FeatureList() {
  useEffect(() => void fetchFeatureTable(), []);
  const table = featureTable.value;
  const names = project.value?.features ?? [];
  if (!table) return <p class="hint">Fetching features …</p>;
  return (
    <div class="feature-list">
      <p class="hint">There is no evidence of this recording; these are the candidate's features.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">feature</th>
            <th scope="col">value</th>
            <th scope="col">above this share of all</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name, column) => (
            <tr key={name}>
              <th scope="row">{name.replaceAll("_", " ")}</th>
              <td>{Number(table.value(currentRow.value, column).toPrecision(4))}</td>
              <td>
                <Share of={table.shareBelow(currentRow.value, column)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
