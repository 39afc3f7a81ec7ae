/** Tracking the rest: begin, how far, stop. */

import { ActionButton } from "../../frame/views/action-button";
import { plural } from "../../frame/words";
import { session, working } from "../state/session";

export function WorkBar() {
  const state = session.value;
  if (!state) return null;
  const { done, total } = state.work;
  return (
    <div class="work">
      {working.value && (
        <progress
          max={total || 1}
          value={done}
          title="Frames tracked of those that are to be"
          aria-label="Frames tracked"
        />
      )}
      <ActionButton action="work" showKey class={working.value || !state.progress.stale ? undefined : "primary"}>
        {working.value ? `Stop (${done} of ${total || "…"})` : restText(state.progress.stale)}
      </ActionButton>
    </div>
  );
}

function restText(stale: number): string {
  return stale ? `Track the rest: ${plural(stale, "frame")}` : "All frames are tracked";
}
