/** Preparations: what runs, what waits, what is done. */

import type { Preparation } from "../../api/start";
import { keyOf } from "../../frame/actions";
import { Icon, type IconName } from "../../frame/views/icon";
import { change } from "../state/form";
import {
  canGoOn,
  choose,
  chosen,
  isOver,
  move,
  open,
  preparations,
  remove,
  stopOrGoOn,
} from "../state/preparations";
import { start } from "../state/start";

const WORDS = {
  waiting: "waiting",
  running: "running",
  stopped: "stopped",
  failed: "failed",
  done: "ready",
} as const;

export function QueueList() {
  const all = preparations.value;
  const trouble = start.value?.queue_trouble;
  return (
    <section class="card" aria-label="Preparations">
      <header>
        <h2>Preparations</h2>
        <span class="hint">one at a time; closing this page stops none</span>
      </header>
      {trouble && (
        <p class="outcome error" role="alert">
          {trouble}
        </p>
      )}
      {!trouble && all.length === 0 && <p class="hint">None. What you prepare is queued here.</p>}
      <ol class="start-list">
        {all.map((one, place) => (
          <PreparationRow key={one.id} one={one} first={place === 0} last={place === all.length - 1} />
        ))}
      </ol>
    </section>
  );
}

interface RowProps {
  readonly one: Preparation;
  readonly first: boolean;
  readonly last: boolean;
}

function PreparationRow({ one, first, last }: RowProps) {
  const mine = chosen.value === one;
  return (
    <li class={mine ? "preparation chosen" : "preparation"} onPointerDown={() => choose(one.id)} onFocusIn={() => choose(one.id)}>
      <div class="row-name">
        <strong title={one.wish.output}>{one.name}</strong>
        <span class={one.state === "failed" ? "chip warning" : "chip"}>{WORDS[one.state]}</span>
        <span class="spring" />
        {one.state === "done" && (
          <button type="button" class="primary" title={`Open ${one.wish.output} (${keyOf("queue.open")})`} onClick={() => open(one)}>
            Open
          </button>
        )}
        {!isOver(one) && <Tool icon="pause" action="queue.stop" title="Stop; what is finished is kept" act={() => stopOrGoOn(one)} />}
        {canGoOn(one) && <Tool icon="play" action="queue.stop" title="Go on" act={() => stopOrGoOn(one)} />}
        <Tool icon="up" action="queue.up" title="Earlier" act={() => move(one, -1)} off={first} />
        <Tool icon="down" action="queue.down" title="Later" act={() => move(one, 1)} off={last} />
        <Tool
          icon="close"
          action="queue.remove"
          title={one.state === "done" ? "Off this list; the project stays" : "Remove, with its unfinished work"}
          act={() => remove(one)}
        />
      </div>
      <span class="row-path hint">{one.folder}</span>
      {one.state === "running" && <Steps one={one} />}
      {one.trouble && (
        <>
          <p class="outcome error" role="alert">
            {one.trouble}
          </p>
          <button type="button" class="quiet" title="Take its files and options into the form, to change them" onClick={() => change(one)}>
            Change it in the form
          </button>
        </>
      )}
      {one.notes.length > 0 && <Notes notes={one.notes} />}
    </li>
  );
}

function Steps({ one }: { readonly one: Preparation }) {
  const text = one.parts ? `${one.step}, ${one.finished} of ${one.parts}` : one.step || "starting";
  return (
    <label class="steps">
      <progress max={one.parts || undefined} value={one.parts ? one.finished : undefined} />
      <span class="hint number">{text}</span>
    </label>
  );
}

function Notes({ notes }: { readonly notes: readonly string[] }) {
  return (
    <details class="notes">
      <summary title="What was found and assumed">What was found ({notes.length})</summary>
      <ul>
        {notes.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </details>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly title: string;
  /** Whose key does the same to the chosen one. */
  readonly action: string;
  readonly act: () => void;
  readonly off?: boolean;
}

function Tool({ icon, title, action, act, off = false }: ToolProps) {
  return (
    <button type="button" class="tool" title={`${title} (${keyOf(action)})`} aria-label={title} disabled={off} onClick={act}>
      <Icon name={icon} />
    </button>
  );
}
