/** Who judges: asked for once, then kept in the page's address, so that a reload goes on. */

import { signal } from "@preact/signals";
import { stored } from "./stored";

const PARAMETER = "annotator";
const remembered = stored("annotator", "");

/** Empty until someone has said who they are. */
export const annotator = signal(
  new URLSearchParams(location.search).get(PARAMETER)?.trim() ?? "",
);

/** Name to offer when asking. */
export function lastAnnotator(): string {
  return remembered.value;
}

export function setAnnotator(name: string): void {
  remembered.value = name;
  history.replaceState(null, "", addressOf(name));
  annotator.value = name;
}

/** Open the page anew for somebody else. */
export function changeAnnotator(name: string): void {
  remembered.value = name;
  location.assign(addressOf(name));
}

function addressOf(name: string): URL {
  const url = new URL(location.href);
  url.searchParams.set(PARAMETER, name);
  return url;
}
