/** A new project: movie, candidates, what they were taken for, and what only the user knows. */

import type { ComponentChildren } from "preact";
import type { Signal } from "@preact/signals";
import type { TroubleOf } from "../../api/start";
import { findAction, keyOf, tooltip } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { FURTHER_FIELDS, MAIN_FIELDS, type Field } from "../fields";
import { ask, folderOf } from "../state/folder";
import {
  candidates,
  canPrepare,
  looking,
  movie,
  output,
  prepare,
  recognised,
  refusal,
  setTyped,
  shownOutput,
  typed,
} from "../state/form";
import { candidatesInWords, movieInWords } from "../in-words";

export function PrepareForm() {
  const found = recognised.value;
  return (
    <form
      class="card prepare"
      aria-label="Prepare a project"
      onSubmit={(event) => {
        event.preventDefault();
        void prepare();
      }}
    >
      <header>
        <h2>Prepare a project</h2>
        <span class="hint">from a movie and the candidates that an extraction found in it</span>
      </header>
      <PathField
        label="Movie"
        hint="File or folder of frames: TIFF, HDF5, NWB, Zarr, video, npy, suite2p's data.bin. None: then features that need frames are missing."
        value={movie}
        browse="choose-movie"
      />
      <Found of="movie" text={found?.movie ? movieInWords(found.movie) : ""} notes={found?.movie?.notes} />
      <PathField
        label="Candidates"
        hint="The extraction's output, file or folder: suite2p, CaImAn, EXTRACT, CNMF-E, CIATAH, NWB, ImageJ's ROIs and more"
        value={candidates}
        browse="choose-candidates"
      />
      <Found
        of="candidates"
        text={found?.candidates ? candidatesInWords(found.candidates) : ""}
        notes={found?.candidates?.notes}
      />
      <Trouble of="fit" />
      <div class="field-grid">
        {MAIN_FIELDS.map((field) => (
          <FieldInput key={field.id} field={field} />
        ))}
      </div>
      <details id="further">
        <summary title={`Which array, plane or channel; earlier verdicts (${keyOf("further")})`}>Further options</summary>
        <div class="field-grid">
          {FURTHER_FIELDS.map((field) => (
            <FieldInput key={field.id} field={field} />
          ))}
        </div>
      </details>
      <Trouble of="options" />
      <OutputField />
      <Trouble of="output" />
      {refusal.value && (
        <p class="outcome error" role="alert">
          {refusal.value}
        </p>
      )}
      <div class="form-end">
        <span class="hint" role="status">
          {looking.value ? "looking at the files …" : nextStep()}
        </span>
        <ActionButton action="clear">Empty</ActionButton>
        <button
          type="submit"
          class="primary"
          title={tooltip(findAction("prepare"))}
          disabled={!canPrepare.value}
        >
          Prepare <kbd>{keyOf("prepare")}</kbd>
        </button>
      </div>
    </form>
  );
}

/** What is still to be done before it can be prepared. */
function nextStep(): string {
  const found = recognised.value;
  if (!movie.value && !candidates.value) return "Choose a movie and its candidates.";
  if (!found) return "";
  if (Object.keys(found.troubles).length) return "Mend what is said above.";
  if (!candidates.value) return "Choose the candidates.";
  return "";
}

interface PathFieldProps {
  readonly label: string;
  readonly hint: string;
  readonly value: Signal<string>;
  /** Action that chooses it. */
  readonly browse: string;
}

function PathField({ label, hint, value, browse }: PathFieldProps) {
  return (
    <div class="path-field">
      <label class="field" title={hint}>
        <span>{label}</span>
        <input
          type="text"
          spellcheck={false}
          value={value.value}
          placeholder="type or paste a path, or choose"
          onInput={(event) => (value.value = event.currentTarget.value)}
        />
      </label>
      <ActionButton action={browse} showKey>
        Choose …
      </ActionButton>
    </div>
  );
}

function OutputField() {
  const choose = () =>
    ask(
      {
        title: "Choose the folder for the project",
        takes: "folder",
        take: (path) => {
          const name = shownOutput.value.split(/[\\/]/).pop() || "project.sightline";
          output.value = `${path.replace(/[\\/]$/, "")}${path.includes("\\") ? "\\" : "/"}${name}`;
        },
      },
      shownOutput.value,
    );
  return (
    <div class="path-field">
      <label class="field" title="Project folder to make; nothing that is there is overwritten (--output)">
        <span>Project</span>
        <input
          type="text"
          spellcheck={false}
          value={shownOutput.value}
          placeholder="NAME.sightline"
          onInput={(event) => (output.value = event.currentTarget.value)}
        />
      </label>
      <button type="button" title={`Choose another folder than ${folderOf(shownOutput.value)}`} onClick={choose}>
        Folder …
      </button>
    </div>
  );
}

interface FoundProps {
  readonly of: TroubleOf;
  readonly text: string;
  readonly notes?: readonly string[];
}

/** What something was taken for, or why it cannot be used. */
function Found({ of, text, notes = [] }: FoundProps) {
  if (!text) return <Trouble of={of} />;
  return (
    <div class="outcome found" role="status">
      <p>{text}</p>
      {notes.map((note) => (
        <p key={note} class="hint">
          {note}
        </p>
      ))}
    </div>
  );
}

function Trouble({ of }: { readonly of: TroubleOf }): ComponentChildren {
  const text = recognised.value?.troubles[of];
  return text ? (
    <p class="outcome error" role="alert">
      {text}
    </p>
  ) : null;
}

function FieldInput({ field }: { readonly field: Field }) {
  const { id, label, hint, kind, option, placeholder, choices = [] } = field;
  const value = typed.value[id] ?? "";
  const take = (text: string) => setTyped(id, text);
  const number = kind === "number" || kind === "whole";
  return (
    <label class="field" title={`${hint} (--${option})`}>
      <span>{label}</span>
      {kind === "choice" ? (
        <select value={value} onChange={(event) => take(event.currentTarget.value)}>
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.text}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...(number ? { type: "number", step: kind === "whole" ? 1 : "any" } : { type: "text" })}
          value={value}
          placeholder={placeholder ?? recognisedValue(id)}
          onInput={(event) => take(event.currentTarget.value)}
        />
      )}
    </label>
  );
}

/** What holds if nothing is typed. */
function recognisedValue(id: string): string {
  const found = recognised.value;
  if (id === "name") return found?.name ?? "";
  if (id === "frame_rate_hz") {
    return shown(found?.movie?.frame_rate_hz ?? found?.candidates?.frame_rate_hz);
  }
  if (id === "pixel_size_um") return shown(found?.movie?.pixel_size_um?.[1]);
  return "";
}

function shown(value: number | null | undefined): string {
  return value === null || value === undefined ? "" : String(Math.round(value * 1000) / 1000);
}
