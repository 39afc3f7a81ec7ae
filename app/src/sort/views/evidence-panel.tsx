/** The evidence of the current candidate, and the decision on it. */

import { exhausted } from "../state/questions";
import { currentRow } from "../state/current";
import { recording } from "../state/map";
import { DecisionBar } from "./decision-bar";
import { FeatureList } from "./feature-list";
import { NoteField, QuestionBar, Reasons } from "./question-bar";
import { SnapshotTools } from "./snapshot-tools";
import { Snapshots } from "./snapshots";
import { Trace } from "./trace";

function Pictures() {
  return (
    <>
      <SnapshotTools />
      <Snapshots />
      <Trace />
    </>
  );
}

export function EvidencePanel() {
  return (
    <section class="evidence" aria-label="Evidence and decision">
      {currentRow.value < 0 ? (
        <p class="empty">
          {exhausted.value ? "Everything is decided." : "The first question is on its way."}
        </p>
      ) : (
        <>
          <QuestionBar />
          <Reasons />
          {recording.value?.evidence === false ? <FeatureList /> : <Pictures />}
          <NoteField />
        </>
      )}
      <DecisionBar />
    </section>
  );
}
