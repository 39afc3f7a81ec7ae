/** A point's mark as on the picture. */

import { COLOURS, isFilled, type Mark } from "../marks";

const PATHS: Readonly<Record<Mark, string>> = {
  said: "M4 4h8v8H4z",
  "said hidden": "M8 3.500l5 9H3z",
  seen: "M8 4a4 4 0 1 0 .01 0",
  doubtful: "M8 2.500L13.500 8 8 13.500 2.500 8z",
  hidden: "M8 3.500l5 9H3z",
  gone: "M4 8h8",
  veiled: "M5.5 6a2.6 2.6 0 1 1 3.6 2.4C8.4 8.700 8 9.200 8 10M8 12.600v.1",
};

export function MarkSample({ mark }: { readonly mark: Mark }) {
  return (
    <svg class="icon point-mark" viewBox="0 0 16 16" aria-hidden="true" style={{ color: COLOURS[mark] }}>
      <path d={PATHS[mark]} fill={isFilled(mark) ? "currentColor" : "none"} />
    </svg>
  );
}
