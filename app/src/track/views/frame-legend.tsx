/** What the marks mean, and which point is under the pointer. */

import { markOf, WORDS, type Mark } from "../marks";
import { names } from "../state/project";
import { shown } from "../state/shown";
import { marksShown } from "../state/view";
import { pointed } from "./frame-pointer";
import { MarkSample } from "./mark";

const LISTED: readonly Mark[] = ["said", "seen", "doubtful", "hidden"];
const SHORT: Readonly<Partial<Record<Mark, string>>> = {
  said: "a person's",
  seen: "the machine's",
  doubtful: "doubtful",
  hidden: "hidden",
};

export function FrameLegend() {
  return (
    <div class="legend">
      {marksShown.value && (
        <ul>
          {LISTED.map((mark) => (
            <li key={mark}>
              <MarkSample mark={mark} /> {SHORT[mark]}
            </li>
          ))}
        </ul>
      )}
      <Pointed />
    </div>
  );
}

function Pointed() {
  const index = pointed.value;
  const points = shown.value?.points;
  if (index < 0 || !points) return null;
  const score = points.score[index] as number;
  return (
    <span class="pointed">
      <strong>{names.value[index]}</strong> {WORDS[markOf(points, index)]}
      {Number.isFinite(score) && score < 1 ? `, score ${score.toFixed(2)}` : ""}
    </span>
  );
}
