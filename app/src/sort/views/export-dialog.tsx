/** The result, in the forms that the command line knows. */

import { useSignal } from "@preact/signals";
import { postExport } from "../../api/routes";
import { Choice, Tick } from "../../frame/views/choice";
import { Dialog } from "../../frame/views/dialog";
import { unsaved } from "../state/acts";
import { annotator } from "../state/annotator";
import { acceptClass, classes, project } from "../state/project";

const FORMS = [
  { value: "csv", text: "csv: a table of all candidates" },
  { value: "suite2p", text: "suite2p: iscell.npy" },
  { value: "caiman", text: "CaImAn: index of components" },
  { value: "actsort", text: "ActSort: label file" },
  { value: "nwb", text: "NWB: columns in a copy, or a new file" },
  { value: "bundle", text: "bundle: the whole project in one file" },
];

export function ExportDialog() {
  return (
    <Dialog name="export" title="Export">
      <ExportForm />
    </Dialog>
  );
}

function ExportForm() {
  const to = useSignal("csv");
  const output = useSignal("");
  const recording = useSignal("");
  const accept = useSignal<readonly string[]>([classes.value[acceptClass.value] ?? ""]);
  const decisions = useSignal(true);
  const outcome = useSignal<{ readonly error: boolean; readonly text: string } | null>(null);
  const recordings = project.value?.recordings ?? [];

  const write = async () => {
    outcome.value = null;
    try {
      const { output: written } = await postExport(annotator.value, {
        to: to.value,
        output: output.value.trim() || null,
        recording: recording.value,
        accept: classes.value.length > 2 ? accept.value : [],
        decisions: decisions.value,
      });
      outcome.value = { error: false, text: `Written: ${written}` };
    } catch (problem) {
      outcome.value = { error: true, text: problem instanceof Error ? problem.message : String(problem) };
    }
  };
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
        options={FORMS}
        change={(value) => (to.value = value)}
      />
      {recordings.length > 1 && (
        <Choice
          label="Recording"
          hint="Which recording, where the form holds one"
          value={recording.value}
          options={[
            { value: "", text: "all" },
            ...recordings.map(({ name }) => ({ value: name, text: name })),
          ]}
          change={(value) => (recording.value = value)}
        />
      )}
      <label class="field">
        <span>File name</span>
        <input
          type="text"
          placeholder="beside what the candidates came from"
          title="A file name beside the project, or nothing for the usual place"
          value={output.value}
          onInput={(event) => (output.value = event.currentTarget.value)}
        />
      </label>
      {classes.value.length > 2 && (
        <fieldset class="field">
          <legend>Counts as a cell</legend>
          {classes.value.map((name) => (
            <Tick
              key={name}
              label={name}
              hint={`Whether ${name} counts as a cell`}
              on={accept.value.includes(name)}
              change={(on) =>
                (accept.value = on
                  ? [...accept.value, name]
                  : accept.value.filter((one) => one !== name))
              }
            />
          ))}
        </fieldset>
      )}
      {to.value === "bundle" && (
        <Tick
          label="With the decisions"
          hint="Whether the bundle carries everybody's decisions"
          on={decisions.value}
          change={(on) => (decisions.value = on)}
        />
      )}
      <p class="hint">Nothing is overwritten. What you have not judged carries the machine's label.</p>
      {outcome.value && (
        <p class={outcome.value.error ? "outcome error" : "outcome"} role="status">
          {outcome.value.text}
        </p>
      )}
      <div class="form-end">
        <button
          type="submit"
          class="primary"
          title={unsaved.value ? "Answers are still being saved" : "Write the file"}
          disabled={unsaved.value > 0}
        >
          Export
        </button>
      </div>
    </form>
  );
}
