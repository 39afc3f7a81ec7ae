/** What the page cannot do without, among what older browsers lack. */

const GLOBALS = [
  "AbortController",
  "HTMLDialogElement",
  "OffscreenCanvas",
  "Path2D",
  "ResizeObserver",
  "TextDecoder",
  "WebSocket",
] as const;

/** Names of what this browser lacks; none, if it will do. */
export function lacking(): readonly string[] {
  const absent: string[] = GLOBALS.filter((name) => !(name in window));
  if (!window.crypto?.randomUUID) absent.push("crypto.randomUUID");
  if (!document.createElement("canvas").getContext("2d")) absent.push("canvas");
  return absent;
}
