/** All points, in the form in which the annotations came or another. */

import { useSignal } from "@preact/signals";
import { annotator } from "../../frame/annotator";
import { Choice } from "../../frame/views/choice";
import { Dialog } from "../../frame/views/dialog";
import { postTrackExport, type TracksExported } from "../api";
import { unsaved } from "../state/acts";
import { project } from "../state/project";

export function ExportDialog() {
  return (
    <Dialog name="export" title="Export">
      <ExportForm />
    </Dialog>
  );
}

interface Outcome {
  readonly kind: "waiting" | "done" | "error";
  readonly text: string;
}

function ExportForm() {
  const to = useSignal("");
  const output = useSignal("");
  const outcome = useSignal<Outcome | null>(null);
  const write = async () => {
    outcome.value = { kind: "waiting", text: "Writing …" };
    try {
      const written = await postTrackExport(annotator.value, to.value, output.value.trim() || null);
      outcome.value = { kind: "done", text: said(written) };
    } catch (problem) {
      outcome.value = { kind: "error", text: problem instanceof Error ? problem.message : String(problem) };
    }
  };
  const forms = (project.value?.formats ?? []).map((value) => ({ value, text: value }));
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void write();
      }}
    >
      <Choice
        label="Form"
        hint="In which form"
        value={to.value}
        options={[{ value: "", text: "as the annotations came" }, ...forms]}
        change={(value) => (to.value = value)}
      />
      <label class="field">
        <span>File name</span>
        <input
          type="text"
          placeholder="the usual one, beside the annotations"
          title="A file name, to be written beside the project; or nothing for the usual name and place"
          value={output.value}
          onInput={(event) => (output.value = event.currentTarget.value)}
        />
      </label>
      <p class="hint">Nothing is overwritten. What people said is given as they said it, the rest with a score.</p>
      {outcome.value && (
        <p class={`outcome ${outcome.value.kind}`} role={outcome.value.kind === "error" ? "alert" : "status"}>
          {outcome.value.text}
        </p>
      )}
      <div class="form-end">
        <button
          type="submit"
          class="primary"
          title={unsaved.value ? "Answers are still being saved" : "Write the file"}
          disabled={unsaved.value > 0 || outcome.value?.kind === "waiting"}
        >
          Export
        </button>
      </div>
    </form>
  );
}

function said({ output, positions, annotated, notes }: TracksExported): string {
  const counted = `${positions.toLocaleString("en")} positions, ${annotated.toLocaleString("en")} of them said by people.`;
  return [`Written: ${output}. ${counted}`, ...notes].join(" ");
}
