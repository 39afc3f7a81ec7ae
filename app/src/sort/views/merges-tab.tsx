/** Pairs that may be one cell, likeliest first. */

import { useEffect } from "preact/hooks";
import { ActionButton } from "../../frame/views/action-button";
import type { MergePair } from "../../api/types";
import { current } from "../state/current";
import { answerPair, currentPair, fetchPairs, pairs, showPair } from "../state/merges";
import { nameOf } from "../state/names";

export function MergesTab() {
  useEffect(() => {
    if (pairs.value === null) void fetchPairs();
  }, []);
  if (pairs.value === null) return <p class="hint">Looking for pairs …</p>;
  if (!pairs.value.length) return <p class="hint">No pair looks like one cell.</p>;
  return (
    <>
      <p class="hint">
        Choose a pair: the first is the current candidate, the second is outlined in white on the
        map.
      </p>
      <PairQuestion />
      <ul class="queue">
        {pairs.value.map((pair) => (
          <li key={pair.item}>
            <button
              type="button"
              title="Look at this pair"
              aria-current={pair === currentPair.value}
              onClick={() => showPair(pair)}
            >
              <span class="name">
                {nameOf(pair.first)} + {nameOf(pair.second)}
              </span>
              <span class="hint">{evidenceText(pair)}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function PairQuestion() {
  const pair = currentPair.value;
  if (!pair || !current.value) return null;
  return (
    <div class="pair" role="group" aria-label="Are these one cell?">
      <strong>
        {nameOf(pair.first)} and {nameOf(pair.second)}: one cell?
      </strong>
      <div class="bulk">
        <ActionButton action="merge.same" showKey>
          same cell
        </ActionButton>
        <ActionButton action="merge.different" showKey>
          different
        </ActionButton>
        <button type="button" title="I cannot tell" onClick={() => answerPair("unsure")}>
          unsure
        </button>
        <button type="button" title="Ask again later" onClick={() => answerPair("skip")}>
          skip
        </button>
      </div>
    </div>
  );
}

function evidenceText(pair: MergePair): string {
  const { kind, overlap, trace_correlation, distance_px } = pair;
  const parts = [
    kind,
    overlap === null ? null : `overlap ${Math.round(100 * overlap)} %`,
    trace_correlation === null ? null : `traces r ${trace_correlation.toFixed(2)}`,
    distance_px === null ? null : `${distance_px.toFixed(1)} px apart`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
