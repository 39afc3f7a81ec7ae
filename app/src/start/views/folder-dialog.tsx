/** Folders of the machine that Sightline runs on, to choose from; by keyboard alone too. */

import { useRef } from "preact/hooks";
import { Dialog } from "../../frame/views/dialog";
import { Icon } from "../../frame/views/icon";
import { enter, folder, isOffered, lookInto, names, purpose, sought, take, trouble } from "../state/folder";

export function FolderDialog() {
  return (
    <Dialog name="folder" title={purpose.value?.title ?? ""} wide>
      <FolderChoice />
    </Dialog>
  );
}

function FolderChoice() {
  const list = useRef<HTMLUListElement>(null);
  const here = folder.value;
  const takes = purpose.value?.takes;
  const move = (event: KeyboardEvent) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll("button:not(:disabled)") ?? [])];
    const place = buttons.indexOf(document.activeElement as Element);
    const next = buttons[place + (event.key === "ArrowDown" ? 1 : -1)] ?? buttons[Math.max(place, 0)];
    (next as HTMLElement | undefined)?.focus();
  };
  return (
    <div class="folder-choice" onKeyDown={move}>
      <Places />
      {trouble.value && (
        <p class="outcome error" role="alert">
          {trouble.value}
        </p>
      )}
      <input
        type="search"
        placeholder="part of a name"
        aria-label="Part of a name"
        title="Show names with this in them; arrow keys move to them"
        value={sought.value}
        autoFocus
        onInput={(event) => (sought.value = event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = names.value.filter(isOffered);
          if (event.key === "Enter" && first) enter(first);
          if (event.key === "Backspace" && !sought.value && here?.parent) void lookInto(here.parent);
        }}
      />
      <ul class="names" ref={list}>
        {names.value.map((entry) => (
          <li key={entry.name}>
            <button
              type="button"
              class={`row ${entry.kind}`}
              title={entry.kind === "file" ? `Choose ${entry.name}` : `Look into ${entry.name}`}
              disabled={!isOffered(entry)}
              onClick={() => enter(entry)}
            >
              <Icon name={entry.kind === "file" ? "file" : entry.kind === "project" ? "accept" : "folder"} />
              <span class="row-name">{entry.name}</span>
              {entry.bytes !== null && <span class="hint number">{sizeOf(entry.bytes)}</span>}
            </button>
          </li>
        ))}
      </ul>
      {here && names.value.length === 0 && <p class="hint">Nothing here.</p>}
      {here?.cut && <p class="hint">There are more; type the path in the form instead.</p>}
      {(takes === "folder" || takes === "either") && here && (
        <div class="form-end">
          <button type="button" class="primary" title={`Choose ${here.path}`} onClick={() => take(here.path)}>
            Choose this folder
          </button>
        </div>
      )}
    </div>
  );
}

function Places() {
  const here = folder.value;
  return (
    <div class="places">
      <button
        type="button"
        class="tool"
        title="The folder around this one (Backspace)"
        disabled={!here?.parent}
        onClick={() => here?.parent && void lookInto(here.parent)}
      >
        <Icon name="up" />
      </button>
      <output title="The folder that is shown">{here?.path ?? "…"}</output>
      <span class="spring" />
      {here?.places.map((place) => (
        <button key={place} type="button" class="quiet" title={`Look into ${place}`} onClick={() => void lookInto(place)}>
          {place}
        </button>
      ))}
    </div>
  );
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

function sizeOf(bytes: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${Number((bytes / 1000 ** step).toPrecision(3))} ${UNITS[step]}`;
}
