/** Pairs that may be one cell, likeliest first. */

import { useEffect } from "preact/hooks";
import { ActionButton } from "../../frame/views/action-button";
import { percent } from "../../frame/words";
import type { MergePair } from "../../api/types";
import { CURRENT_MARK, PARTNER_MARK } from "../marks";
import { currentRow } from "../state/current";
import { decisionOf } from "../state/labels";
import { currentPair, fetchPairs, pairs, partner, showPair } from "../state/merges";
import { nameOf } from "../state/names";
import { StateMark } from "./state-mark";

export function MergesTab() {
  useEffect(() => {
    if (pairs.value === null) void fetchPairs();
  }, []);
  if (pairs.value === null) return <p class="hint">Looking for pairs …</p>;
  if (!pairs.value.length) return <p class="hint">No pair is left that looks like one cell.</p>;
  return (
    <>
      <PairQuestion />
      <div class="panel-head">
        <h3>Pairs</h3>
        <span class="hint">{pairs.value.length.toLocaleString("en")} left, likeliest first</span>
        <span class="spring" />
        <ActionButton action="merge.next" class="quiet" showKey>
          next
        </ActionButton>
      </div>
      <ul class="queue">
        {pairs.value.map((pair) => (
          <li key={pair.item}>
            <button
              type="button"
              title={`${figures(pair).map(([name, value]) => `${name} ${value}`).join(", ")}. Look at this pair`}
              aria-current={pair === currentPair.value}
              onClick={() => showPair(pair)}
            >
              <span class="name">
                {nameOf(pair.first)} + {nameOf(pair.second)}
              </span>
              <span class="hint">{pair.kind}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function PairQuestion() {
  const pair = currentPair.value;
  if (!pair) {
    return (
      <p class="hint">
        Choose a pair: both are then outlined on the map and the snapshots, and both traces are
        drawn.
      </p>
    );
  }
  return (
    <div class="pair" role="group" aria-label="Are these one cell?">
      <strong>Are these one cell?</strong>
      <Member row={pair.first} />
      <Member row={pair.second} />
      <dl class="figures">
        {figures(pair).map(([name, value, hint]) => (
          <div key={name} title={hint}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div class="pair-answers">
        <ActionButton action="merge.same" showKey>
          same cell
        </ActionButton>
        <ActionButton action="merge.different" showKey>
          different
        </ActionButton>
        <ActionButton action="merge.unsure" showKey>
          unsure
        </ActionButton>
        <ActionButton action="merge.skip" showKey>
          skip
        </ActionButton>
      </div>
      <ActionButton action="merge.other" class="quiet" showKey>
        look at the other
      </ActionButton>
    </div>
  );
}

/** One of the pair, with the line that it is outlined in. */
function Member({ row }: { readonly row: number }) {
  const here = row === currentRow.value;
  const { colour } = here ? CURRENT_MARK : PARTNER_MARK;
  const shown = here || row === partner.value;
  return (
    <div class="member">
      <span class="line" style={{ background: shown ? colour : "none" }} />
      <span class="name">{nameOf(row)}</span>
      <StateMark decision={decisionOf(row)} word />
      {!here && shown && <span class="unseen">the other one</span>}
    </div>
  );
}

type Figure = readonly [name: string, value: string, hint: string];

function figures(pair: MergePair): readonly Figure[] {
  const told: readonly (readonly [string, number | null, (value: number) => string, string])[] = [
    ["overlap", pair.overlap, percent, "Likeness of the footprints; 100 %: the same"],
    ["containment", pair.containment, percent, "Of the smaller one, how much lies in the larger"],
    ["traces' correlation", pair.trace_correlation, (r) => r.toFixed(2), "1: the traces rise and fall together"],
    ["distance", pair.distance_px, (px) => `${px.toFixed(1)} px`, "From centre to centre"],
  ];
  return [
    ["looks like", pair.kind, "duplicate: found twice; split: one cell in parts"],
    ...told.flatMap(([name, value, show, hint]): Figure[] => (value === null ? [] : [[name, show(value), hint]])),
  ];
}
