/** How the chosen point looks where a person put it: in the nearest reference frame. */

import { useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../../frame/views/canvas";
import { toPane } from "../places";
import { keypoint, placeIn } from "../state/current";
import { look } from "../state/look";
import { names, planeSize, project } from "../state/project";
import { channel, contrast, namesShown, views } from "../state/view";
import { drawPoints, PictureLayer } from "./frame-picture";

/** At least so many pixels of the video are to be seen across the picture's height, at most. */
const MOST_PX = 64;

export function ReferenceLook() {
  const draw = useMemo(picture, []);
  const there = look.value !== null && placeIn(look.value.points, keypoint.value) !== null;
  return (
    <div class="look" hidden={!there}>
      <Canvas
        role="img"
        aria-label="The same point in the nearest reference frame"
        title="The same point in the nearest reference frame, seen from above"
        watch={watch}
        draw={draw}
      />
      <span class="pane-name">reference frame {look.value?.frame}</span>
    </div>
  );
}

function watch(): void {
  for (const each of [look, keypoint, contrast, channel, namesShown, views.above]) each.value;
}

function picture(): Draw {
  const layer = new PictureLayer("above");
  return (context, size) => {
    context.fillStyle = "#0b0d10";
    context.fillRect(0, 0, size.width, size.height);
    const place = look.value && placeIn(look.value.points, keypoint.value);
    if (!look.value?.picture || !place) return;
    const [x, y] = toPane("above", place, 1);
    const view = { x, y, scale: Math.max(views.above.value?.scale ?? 1, size.height / MOST_PX) };
    layer.draw(context, view, size, planeSize.value, look.value.picture, contrast.value, channel.value);
    drawPoints(context, "above", view, size, {
      points: look.value.points,
      names: names.value,
      edges: project.value?.edges ?? [],
      planePx: 1,
      current: keypoint.value,
      place,
      pointed: -1,
      marks: true,
      all: namesShown.value,
    });
  };
}
