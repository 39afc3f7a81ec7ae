/** Every action and its keys, from the table that binds them; keys are changed here too. */

import { useSignal } from "@preact/signals";
import { actions, changedKeys, giveKey, resetKeys, shownKeys, type Action } from "../actions";
import { chordOf } from "../chord";
import { Dialog } from "./dialog";

export function HelpDialog() {
  const said = useSignal("");
  return (
    <Dialog name="help" title="Keys" wide>
      <p class="hint">
        Click a key to change it, then press the new one. Changed keys are kept in this browser.
      </p>
      <p class="outcome" role="status" hidden={!said.value}>
        {said}
      </p>
      <KeyTable say={(text) => (said.value = text)} />
      {Object.keys(changedKeys.value).length > 0 && (
        <button
          type="button"
          title="Give every action its first keys back"
          onClick={() => {
            resetKeys();
            said.value = "Every action has its first keys again.";
          }}
        >
          Reset all keys
        </button>
      )}
    </Dialog>
  );
}

function KeyTable({ say }: { readonly say: (text: string) => void }) {
  const waiting = useSignal<string | null>(null);
  const groups = [...new Set(actions.value.map(({ group }) => group))];
  return (
    <div class="key-groups">
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          <dl>
            {actions.value
              .filter((action) => action.group === group)
              .map((action) => (
                <KeyRow
                  key={action.id}
                  action={action}
                  waiting={waiting.value === action.id}
                  wait={(id) => (waiting.value = id)}
                  say={say}
                />
              ))}
          </dl>
        </section>
      ))}
    </div>
  );
}

interface KeyRowProps {
  readonly action: Action;
  readonly waiting: boolean;
  readonly wait: (id: string | null) => void;
  /** Tell what came of a changed key. */
  readonly say: (text: string) => void;
}

function KeyRow({ action, waiting, wait, say }: KeyRowProps) {
  const take = (event: KeyboardEvent) => {
    if (!waiting) return;
    const chord = chordOf(event);
    if (chord === null || chord === "Tab" || chord === "Shift+Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (chord !== "Escape" || action.keys.includes("Escape")) say(giveKey(action, chord));
    wait(null);
  };
  return (
    <div class="key-row">
      <dt>{action.title}</dt>
      <dd>
        <button
          type="button"
          class={waiting ? "key waiting" : "key"}
          title={`Change the key of: ${action.title}`}
          onClick={(event) => {
            event.currentTarget.focus();
            wait(waiting ? null : action.id);
          }}
          onKeyDown={take}
          onBlur={() => waiting && wait(null)}
        >
          {waiting ? "press a key" : <Keys action={action} />}
        </button>
      </dd>
    </div>
  );
}

function Keys({ action }: { readonly action: Action }) {
  const keys = shownKeys(action);
  return <>{keys.length ? keys.map((key) => <kbd key={key}>{key}</kbd>) : "none"}</>;
}
