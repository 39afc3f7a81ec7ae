/** What a kind of project brings to the frame: its workspace, its actions, how it begins. */

import { effect, type ReadonlySignal } from "@preact/signals";
import type { VNode } from "preact";
import { setActions, type Action } from "./actions";
import { annotator } from "./annotator";
import { fail } from "./opened";

export interface Tenant {
  readonly Workspace: () => VNode;
  readonly actions: () => readonly Action[];
  /** Begin, once it is known who judges. */
  readonly begin: (annotator: string) => Promise<void>;
  /** How many acts the server has not acknowledged. */
  readonly unsaved: ReadonlySignal<number>;
}

export function moveIn(tenant: Tenant): void {
  let begun = "";
  setActions(tenant.actions());
  effect(() => {
    const name = annotator.value;
    if (!name || name === begun) return;
    begun = name;
    void tenant.begin(name).catch(fail);
  });
  window.addEventListener("beforeunload", (event) => {
    if (tenant.unsaved.peek()) event.preventDefault();
  });
}
