/** Project, progress, connection, who judges, settings. */

import { hasAction, keyOf } from "../../frame/actions";
import { openDialog } from "../../frame/dialogs";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { Icon } from "../../frame/views/icon";
import { PageButtons } from "../../frame/views/page-buttons";
import { trouble, unsaved } from "../state/acts";
import { annotator } from "../state/annotator";
import { currentRow, show } from "../state/current";
import { counts, predictionsShown, revealing } from "../state/labels";
import { connection } from "../state/live";
import { practising } from "../state/practice";
import { candidateCount, project, recordingOf, recordingOptions } from "../state/project";
import { session } from "../state/session";
import { toggleReveal } from "../actions";
import { plural } from "../../frame/words";
import { ProgressBar } from "./progress-bar";

export function Header() {
  return (
    <header class="app-header">
      <Brand />
      <h1 title={project.value?.path_name}>{project.value?.name}</h1>
      <RecordingChoice />
      <div class="header-progress">
        <ProgressBar />
        <span class="hint number">{progressText()}</span>
        <span class={session.value?.refitting ? "hint learning" : "hint learning idle"} title="The classifier is being fitted anew">
          learning
        </span>
      </div>
      <Saving />
      <About />
      <span class="spring" />
      {predictionsShown.value && (
        <button
          type="button"
          class="chip warning"
          title={`Predictions are shown; what you judge now does not count as blind. Click to hide them (${keyOf("reveal")}).`}
          onClick={hide}
        >
          <Icon name="eye" /> not blind
        </button>
      )}
      {practising.value && (
        <ActionButton action="practice" class="chip warning">
          practice <Icon name="close" />
        </ActionButton>
      )}
      <ActionButton action="annotator" class="chip person">
        <Icon name="person" /> <span>{annotator.value}</span>
      </ActionButton>
      <ActionButton action="export" class="tool">
        <Icon name="export" />
      </ActionButton>
      <ActionButton action="settings" class="tool">
        <Icon name="settings" />
      </ActionButton>
      <PageButtons />
    </header>
  );
}

/** Blind again, whichever way the predictions came to be shown. */
function hide(): void {
  if (revealing.value) toggleReveal();
  else openDialog.value = "settings";
}

function progressText(): string {
  const done = counts.value.each.reduce((sum, count) => sum + count, 0);
  return `${done.toLocaleString("en")} of ${candidateCount.value.toLocaleString("en")} decided`;
}

/** The way back to the start page, where there is one. */
function Brand() {
  const picture = <img src="./sightline.svg" alt="Sightline" class="brand" />;
  if (!hasAction("start-page")) return picture;
  return (
    <ActionButton action="start-page" class="tool">
      <Icon name="left" />
      {picture}
    </ActionButton>
  );
}

function RecordingChoice() {
  const recordings = project.value?.recordings ?? [];
  if (recordings.length < 2) return null;
  return (
    <Choice
      bare
      label="Recording"
      hint={`Which recording is on the map (${keyOf("go.recording")}: the next)`}
      value={String(recordingOf(currentRow.value)?.number ?? 0)}
      options={recordingOptions.value}
      change={(value) => show(recordings.find(({ number }) => String(number) === value)?.first ?? 0)}
    />
  );
}

/** What is to be known of the data: warnings, and whether anything can be written. */
function About() {
  const warnings = (project.value?.recordings ?? []).reduce((sum, one) => sum + one.warnings.length, 0);
  return (
    <>
      {project.value?.readonly && (
        <span class="chip warning" title="The project's folder cannot be written to: look and export only">
          read only
        </span>
      )}
      {warnings > 0 && (
        <ActionButton action="recordings" class="chip">
          <Icon name="warning" /> {plural(warnings, "warning")}
        </ActionButton>
      )}
    </>
  );
}

/** Whether everything is saved, in words. */
function Saving() {
  if (connection.value === "lost") {
    return (
      <span class="chip warning" role="alert">
        Connection lost, trying again
        {unsaved.value > 0 && `; ${plural(unsaved.value, "answer")} kept here meanwhile`}
      </span>
    );
  }
  if (trouble.value) {
    return (
      <span class="chip warning" role="alert" title={trouble.value}>
        {unsaved.value} not saved yet: {trouble.value}
      </span>
    );
  }
  return (
    <span class="chip faint saving" title="Every answer is on disk before it counts as saved">
      {unsaved.value ? "saving …" : "saved"}
    </span>
  );
}
