/** Projects that were opened before, the latest first. */

import type { Recent } from "../../api/start";
import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Icon } from "../../frame/views/icon";
import { MOST_KEYS } from "../actions";
import { decided, forget, opening, openProject, start } from "../state/start";
import { agoOf } from "../ago";

export function RecentList() {
  const recents = start.value?.recents ?? [];
  let keys = 0;
  return (
    <section class="card" aria-label="Recent projects">
      <header>
        <h2>Recent projects</h2>
        <ActionButton action="open-other" showKey>
          Open another …
        </ActionButton>
      </header>
      {recents.length === 0 && (
        <p class="hint">None yet. Prepare one from a movie and its candidates, or open one.</p>
      )}
      <ul class="start-list">
        {recents.map((recent) => (
          <RecentRow key={recent.path} recent={recent} number={recent.there ? ++keys : 0} />
        ))}
      </ul>
      {recents.some(({ there }) => !there) && (
        <ActionButton action="forget-gone" class="quiet">
          Take those that are gone off the list
        </ActionButton>
      )}
    </section>
  );
}

interface RecentRowProps {
  readonly recent: Recent;
  /** Which of those that are there, from 1; 0 for one that is gone. */
  readonly number: number;
}

function RecentRow({ recent, number }: RecentRowProps) {
  const { path, name, folder, opened, there } = recent;
  const count = decided.value.get(path) ?? null;
  const key = number > 0 && number <= MOST_KEYS ? keyOf(`recent.${number - 1}`) : "";
  return (
    <li class={there ? undefined : "gone"}>
      <button
        type="button"
        class="row"
        title={there ? `Open ${path}${key && ` (${key})`}` : `${path} is not there any more`}
        disabled={!there || opening.value !== ""}
        onClick={() => void openProject(path)}
      >
        <span class="row-name">
          {opening.value === path ? `Opening ${name} …` : name}
          {start.value?.open === path && <span class="chip">open</span>}
          {!there && <span class="chip warning">gone</span>}
        </span>
        <span class="row-side hint" title={new Date(opened).toLocaleString()}>
          {count !== null && `${count.toLocaleString("en")} decided · `}
          {agoOf(new Date(opened), new Date())}
        </span>
        <span class="row-path hint">{folder}</span>
        {key && <kbd>{key}</kbd>}
      </button>
      <button
        type="button"
        class="quiet"
        title={`Take ${name} off this list; the project stays as it is`}
        aria-label={`Take ${name} off the list`}
        onClick={() => void forget(recent)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
