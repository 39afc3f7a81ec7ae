/** Short messages over the page. */

import { dismiss, notices } from "../notices";
import { Icon } from "./icon";

export function Notices() {
  return (
    <div class="notices" role="log" aria-live="polite">
      {notices.value.map(({ number, kind, text }) => (
        <div key={number} class={`notice ${kind}`} role={kind === "error" ? "alert" : undefined}>
          {kind === "error" && <span class="notice-kind">Problem</span>}
          <span>{text}</span>
          <button type="button" class="quiet" title="Dismiss" onClick={() => dismiss(number)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
