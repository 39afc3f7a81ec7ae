/** Project, progress, connection, who judges, settings. */

import { openDialog } from "../../frame/dialogs";
import { dark } from "../../frame/theme";
import { ActionButton } from "../../frame/views/action-button";
import { Choice } from "../../frame/views/choice";
import { Icon } from "../../frame/views/icon";
import { trouble, unsaved } from "../state/acts";
import { annotator } from "../state/annotator";
import { currentRow, show } from "../state/current";
import { counts, predictionsShown, revealing } from "../state/labels";
import { connection } from "../state/live";
import { candidateCount, project, recordingOf } from "../state/project";
import { session } from "../state/session";
import { toggleReveal } from "../actions";
import { plural } from "../../frame/words";
import { ProgressBar } from "./progress-bar";

export function Header() {
  return (
    <header class="app-header">
      <img src="./sightline.svg" alt="Sightline" class="brand" />
      <h1 title={project.value?.path_name}>{project.value?.name}</h1>
      <RecordingChoice />
      <div class="header-progress">
        <ProgressBar />
        <span class="hint">{progressText()}</span>
      </div>
      <Saving />
      <span class="spring" />
      {predictionsShown.value && (
        <button
          type="button"
          class="chip warning"
          title="Predictions are shown; what you judge now does not count as blind. Click to hide them (V)."
          onClick={hide}
        >
          <Icon name="eye" /> not blind
        </button>
      )}
      <button
        type="button"
        class="chip"
        title="Who is judging (A)"
        onClick={() => (openDialog.value = "annotator")}
      >
        <Icon name="person" /> {annotator.value}
      </button>
      <ActionButton action="export" class="tool">
        <Icon name="export" />
      </ActionButton>
      <ActionButton action="settings" class="tool">
        <Icon name="settings" />
      </ActionButton>
      <ActionButton action="theme" class="tool">
        <Icon name={dark.value ? "sun" : "moon"} />
      </ActionButton>
      <ActionButton action="help" class="tool">
        <Icon name="help" />
      </ActionButton>
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
  const text = `${done.toLocaleString("en")} of ${candidateCount.value.toLocaleString("en")} decided`;
  return session.value?.refitting ? `${text} · learning` : text;
}

function RecordingChoice() {
  const recordings = project.value?.recordings ?? [];
  if (recordings.length < 2) return null;
  return (
    <Choice
      bare
      label="Recording"
      hint="Which recording is on the map"
      value={String(recordingOf(currentRow.value)?.number ?? 0)}
      options={recordings.map(({ number, name }) => ({ value: String(number), text: name }))}
      change={(value) => show(recordings.find(({ number }) => String(number) === value)?.first ?? 0)}
    />
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
    <span class="chip faint" title="Every answer is on disk before it counts as saved">
      {unsaved.value ? "saving …" : "saved"}
    </span>
  );
}
