/** A button that does an action of the table; its tooltip names the action and its keys. */

import type { ComponentChildren } from "preact";
import { findAction, isEnabled, shownKeys, tooltip } from "../actions";

interface ActionButtonProps {
  readonly action: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  /** For a button that is on or off. */
  readonly pressed?: boolean;
  /** Whether the key is written on the button. */
  readonly showKey?: boolean;
}

export function ActionButton(props: ActionButtonProps) {
  const action = findAction(props.action);
  const [key] = shownKeys(action);
  return (
    <button
      type="button"
      class={props.class}
      title={tooltip(action)}
      aria-label={action.title}
      aria-pressed={props.pressed}
      aria-keyshortcuts={key}
      disabled={!isEnabled(action)}
      onClick={action.run}
    >
      {props.children}
      {props.showKey && key && <kbd>{key}</kbd>}
    </button>
  );
}
