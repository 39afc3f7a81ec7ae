/** From an empty page to the start page. */

import { setActions } from "../frame/actions";
import { startActions } from "./actions";
import { lookWhenChanged } from "./state/form";
import { connect, refresh } from "./state/start";

export async function beginStart(): Promise<void> {
  document.title = "Sightline";
  setActions(startActions());
  lookWhenChanged();
  await refresh();
  connect();
}
