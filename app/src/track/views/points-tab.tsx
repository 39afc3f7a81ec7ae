/** All points of the frame that is shown. */

import { ActionButton } from "../../frame/views/action-button";
import { markOf, WORDS } from "../marks";
import { choose, keypoint, wishes } from "../state/current";
import { names } from "../state/project";
import { shown } from "../state/shown";
import { MarkSample } from "./mark";

export function PointsTab() {
  const points = shown.value?.points;
  if (!points) return <p class="hint">On their way …</p>;
  return (
    <>
      <div class="panel-head">
        <h3>Frame {points.frame}</h3>
        <span class="spring" />
        <ActionButton action="point.previous" class="quiet" showKey>
          before
        </ActionButton>
        <ActionButton action="point.next" class="quiet" showKey>
          next
        </ActionButton>
      </div>
      <ul class="queue">
        {names.value.map((name, index) => {
          const mark = markOf(points, index);
          const score = points.score[index] as number;
          return (
            <li key={name}>
              <button
                type="button"
                title={`${name}: ${WORDS[mark]}. Choose it`}
                aria-current={index === keypoint.value}
                onClick={() => {
                  choose(index);
                  wishes.value += 1;
                }}
              >
                <MarkSample mark={mark} />
                <span class="name">{name}</span>
                <span class="hint number">{Number.isFinite(score) && score < 1 ? score.toFixed(2) : ""}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </>
  );
}
