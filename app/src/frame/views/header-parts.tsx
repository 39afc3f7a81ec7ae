/** What the header of every project has: the way back, who judges, whether all is saved. */

import type { ReadonlySignal } from "@preact/signals";
import { hasAction } from "../actions";
import { annotator } from "../annotator";
import { connection } from "../connection";
import { plural } from "../words";
import { ActionButton } from "./action-button";
import { Icon } from "./icon";

/** The way back to the start page, where there is one. */
export function Brand() {
  const picture = <img src="./sightline.svg" alt="Sightline" class="brand" />;
  if (!hasAction("start-page")) return picture;
  return (
    <ActionButton action="start-page" class="tool">
      <Icon name="left" />
      {picture}
    </ActionButton>
  );
}

export function Person() {
  return (
    <ActionButton action="annotator" class="chip person">
      <Icon name="person" /> <span>{annotator.value}</span>
    </ActionButton>
  );
}

interface SavingProps {
  /** How many acts are not acknowledged. */
  readonly unsaved: ReadonlySignal<number>;
  /** Why the oldest has not gone through yet. */
  readonly trouble: ReadonlySignal<string | null>;
}

/** Whether everything is saved, in words. */
export function Saving({ unsaved, trouble }: SavingProps) {
  if (connection.value === "lost") {
    return (
      <span class="chip warning" role="alert">
        Connection lost, trying again
        {unsaved.value > 0 && `; ${plural(unsaved.value, "answer")} kept here meanwhile`}
      </span>
    );
  }
  if (trouble.value) {
    return (
      <span class="chip warning" role="alert" title={trouble.value}>
        {unsaved.value} not saved yet: {trouble.value}
      </span>
    );
  }
  return (
    <span class="chip faint saving" title="Every answer is on disk before it counts as saved">
      {unsaved.value ? "saving …" : "saved"}
    </span>
  );
}
