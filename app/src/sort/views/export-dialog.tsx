/** The result, in the forms that the command line knows. */

import { useSignal, type Signal } from "@preact/signals";
import { postExport, type Exported, type ExportWish } from "../../api/routes";
import { annotator } from "../../frame/annotator";
import { Choice, Tick } from "../../frame/views/choice";
import { Dialog } from "../../frame/views/dialog";
import { whenText } from "../accepted";
import { unsaved } from "../state/acts";
import { acceptClass, classes, project } from "../state/project";
import { session } from "../state/session";

const BESIDE_PROJECT = "beside the project";
const BESIDE_SOURCE = "beside what the candidates came from";

/** `single` forms hold one recording. */
const FORMS = [
  { value: "csv", text: "csv: a table of all candidates", single: false, home: BESIDE_PROJECT },
  { value: "suite2p", text: "suite2p: iscell.npy", single: true, home: BESIDE_SOURCE },
  { value: "caiman", text: "CaImAn: index of components", single: true, home: BESIDE_SOURCE },
  { value: "actsort", text: "ActSort: label file", single: true, home: BESIDE_SOURCE },
  { value: "nwb", text: "NWB: columns in a copy, or a new file", single: true, home: BESIDE_SOURCE },
  { value: "bundle", text: "bundle: the whole project in one file", single: false, home: BESIDE_PROJECT },
] as const;

type Wish = Signal<ExportWish>;

export function ExportDialog() {
  return (
    <Dialog name="export" title="Export">
      <ExportForm />
    </Dialog>
  );
}

function ExportForm() {
  const wish = useSignal<ExportWish>({
    to: "csv",
    output: null,
    recording: "",
    accept: [classes.value[acceptClass.value] ?? ""],
    segmentation: "",
    decisions: true,
  });
  const outcome = useSignal<Outcome | null>(null);
  const write = async () => {
    outcome.value = { kind: "waiting", text: "Writing …" };
    outcome.value = await exported(wish.value);
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
        value={wish.value.to}
        options={FORMS}
        change={(to) => {
          wish.value = { ...wish.value, to };
          outcome.value = null;
        }}
      />
      <RecordingField wish={wish} />
      <FileField wish={wish} />
      <AcceptField wish={wish} />
      <FurtherFields wish={wish} />
      <p class="hint">
        Nothing is overwritten. What you have not judged carries the machine's label
        {session.value?.accepted ? ` as accepted ${whenText(session.value.accepted.time_utc)}.` : " as it is now."}
      </p>
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

interface Outcome {
  readonly kind: "waiting" | "done" | "error";
  readonly text: string;
}

async function exported(wish: ExportWish): Promise<Outcome> {
  const accept = classes.value.length > 2 ? wish.accept : [];
  const recording = recordingOfForm(wish);
  try {
    return { kind: "done", text: said(await postExport(annotator.value, { ...wish, accept, recording })) };
  } catch (problem) {
    return { kind: "error", text: problem instanceof Error ? problem.message : String(problem) };
  }
}

function said(written: Exported): string {
  const number = (name: string) => Number(written[name] ?? 0);
  const counted = classes.value.map((name) => `${number(name).toLocaleString("en")} ${name}`);
  if (number("without_label")) counted.push(`${number("without_label").toLocaleString("en")} without label`);
  return `Written: ${written.output}. ${counted.join(", ")}; ${number("decided_by_annotator").toLocaleString("en")} of them as you said.`;
}

function formOf({ to }: ExportWish): (typeof FORMS)[number] {
  return FORMS.find(({ value }) => value === to) ?? FORMS[0];
}

/** The wished one; the first, where one has to be chosen. */
function recordingOfForm(wish: ExportWish): string {
  const recordings = project.value?.recordings ?? [];
  if (recordings.length < 2 || wish.to === "bundle") return "";
  return wish.recording || (formOf(wish).single ? (recordings[0]?.name ?? "") : "");
}

function RecordingField({ wish }: { readonly wish: Wish }) {
  const recordings = project.value?.recordings ?? [];
  if (recordings.length < 2 || wish.value.to === "bundle") return null;
  const each = recordings.map(({ name }) => ({ value: name, text: name }));
  return (
    <Choice
      label="Recording"
      hint="Which recording to write"
      value={recordingOfForm(wish.value)}
      options={formOf(wish.value).single ? each : [{ value: "", text: "all" }, ...each]}
      change={(recording) => (wish.value = { ...wish.value, recording })}
    />
  );
}

function FileField({ wish }: { readonly wish: Wish }) {
  return (
    <label class="field">
      <span>File name</span>
      <input
        type="text"
        placeholder={`the usual one, ${formOf(wish.value).home}`}
        title="A file name, to be written beside the project; or nothing for the usual name and place"
        value={wish.value.output ?? ""}
        onInput={(event) => (wish.value = { ...wish.value, output: event.currentTarget.value.trim() || null })}
      />
    </label>
  );
}

/** Which of more than two classes count as cells, where the form knows cells only. */
function AcceptField({ wish }: { readonly wish: Wish }) {
  const { accept } = wish.value;
  if (classes.value.length < 3 || !formOf(wish.value).single) return null;
  const change = (name: string, on: boolean) =>
    (wish.value = { ...wish.value, accept: on ? [...accept, name] : accept.filter((one) => one !== name) });
  return (
    <fieldset class="accepted">
      <legend>Count as cells</legend>
      {classes.value.map((name) => (
        <Tick
          key={name}
          label={name}
          hint={`Whether ${name} counts as a cell`}
          on={accept.includes(name)}
          change={(on) => change(name, on)}
        />
      ))}
    </fieldset>
  );
}

function FurtherFields({ wish }: { readonly wish: Wish }) {
  if (wish.value.to === "bundle") {
    return (
      <Tick
        label="With the decisions"
        hint="Whether the bundle carries everybody's decisions"
        on={wish.value.decisions}
        change={(decisions) => (wish.value = { ...wish.value, decisions })}
      />
    );
  }
  if (wish.value.to !== "nwb") return null;
  return (
    <label class="field">
      <span>Segmentation</span>
      <input
        type="text"
        placeholder="the only one"
        title="Which plane segmentation of the NWB file was sorted, where it has several"
        value={wish.value.segmentation}
        onInput={(event) => (wish.value = { ...wish.value, segmentation: event.currentTarget.value.trim() })}
      />
    </label>
  );
}
