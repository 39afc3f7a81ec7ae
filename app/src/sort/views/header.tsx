/** Project, progress, connection, who judges, settings. */

import { keyOf } from "../../frame/actions";
import { openDialog } from "../../frame/dialogs";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { Brand, Person, Saving } from "../../frame/views/header-parts";
import { Icon } from "../../frame/views/icon";
import { PageButtons } from "../../frame/views/page-buttons";
import { trouble, unsaved } from "../state/acts";
import { currentRow, show } from "../state/current";
import { counts, predictionsShown, revealing } from "../state/labels";
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
      <Saving unsaved={unsaved} trouble={trouble} />
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
      <Person />
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
