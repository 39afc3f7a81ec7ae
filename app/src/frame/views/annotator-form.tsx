/** Who is judging. */

import { useSignal } from "@preact/signals";
import { closeDialog } from "../dialogs";
import { Dialog, OpenDialog } from "./dialog";
import { annotator, changeAnnotator, lastAnnotator, setAnnotator } from "../annotator";
import { opened } from "../opened";

/** Asked before anything else. */
export function AnnotatorQuestion() {
  return (
    <OpenDialog title="Who is judging?">
      <AnnotatorForm given={lastAnnotator()} take={setAnnotator} />
    </OpenDialog>
  );
}

export function AnnotatorDialog() {
  const change = (name: string) => {
    if (name !== annotator.value) changeAnnotator(name);
    closeDialog();
  };
  return (
    <Dialog name="annotator" title="Who is judging?">
      <AnnotatorForm given={annotator.value} take={change} />
    </Dialog>
  );
}

interface AnnotatorFormProps {
  readonly given: string;
  readonly take: (name: string) => void;
}

function AnnotatorForm({ given, take }: AnnotatorFormProps) {
  const name = useSignal(given);
  const known = opened.value?.annotators ?? [];
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.value.trim()) take(name.value.trim());
      }}
    >
      <p class="hint">
        Every decision carries this name. Use the same one each time: your session goes on where it
        was{opened.value?.kind === "sort" && ", and is blind to everybody else's"}.
      </p>
      <label class="field">
        <span>Your name</span>
        <input
          type="text"
          value={name.value}
          maxLength={80}
          autoFocus
          title="Your name, as decisions will carry it"
          onInput={(event) => (name.value = event.currentTarget.value)}
        />
      </label>
      {known.length > 0 && (
        <div class="bulk">
          {known.map((one) => (
            <button key={one} type="button" title={`Go on as ${one}`} onClick={() => take(one)}>
              {one}
            </button>
          ))}
        </div>
      )}
      <div class="form-end">
        <button type="submit" class="primary" title="Begin" disabled={!name.value.trim()}>
          Begin
        </button>
      </div>
    </form>
  );
}
