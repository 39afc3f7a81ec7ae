/** What an undo or redo did, in words. */

export interface Reversal {
  readonly again: boolean;
  readonly kind: "verdict" | "merge" | "note" | "result";
  /** Of the candidates that it was about. */
  readonly names: readonly string[];
  /** What is now said of the first. */
  readonly word: string;
  /** The first one's note now, or "". */
  readonly note: string;
  /** Whether the machine's labels are accepted now. */
  readonly accepted: boolean;
}

export function reversalText({ again, kind, names, word, note, accepted }: Reversal): string {
  const done = again ? "Done again" : "Undone";
  const [first] = names;
  if (kind === "result") return `${done}: the machine's labels are ${accepted ? "accepted" : "not accepted any more"}.`;
  if (first === undefined) return `${done}.`;
  if (kind === "merge") return `${done}: what you said of ${names.join(" and ")} as one cell.`;
  if (kind === "note") return `${done}: ${note ? `the note on ${first} is "${note}"` : `${first} has no note`}.`;
  if (names.length > 1) return `${done}: ${names.length.toLocaleString("en")} candidates; ${first} is ${word}.`;
  return `${done}: ${first} is ${word}.`;
}
