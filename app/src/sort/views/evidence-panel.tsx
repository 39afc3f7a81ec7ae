/** The evidence of the current candidate, and the decision on it. */

import { exhausted } from "../state/questions";
import { currentRow } from "../state/current";
import { recording } from "../state/map";
import { DecisionBar } from "./decision-bar";
import { FeatureList } from "./feature-list";
import { Opinions } from "./opinions";
import { PracticeBar } from "./practice-bar";
import { NoteField, QuestionBar, Reasons } from "./question-bar";
import { SnapshotTools } from "./snapshot-tools";
import { Snapshots } from "./snapshots";
import { Trace } from "./trace";
import { TraceLegend } from "./trace-legend";

function Pictures() {
  return (
    <>
      <SnapshotTools />
      <Snapshots />
      <Trace />
      <TraceLegend />
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
          <PracticeBar />
          <Reasons />
          {recording.value?.evidence === false ? <FeatureList /> : <Pictures />}
          <NoteField />
        </>
      )}
      <Opinions />
      <DecisionBar />
    </section>
  );
}
