/** The frame from above and from the side, with all points on it. */

import { useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../../frame/views/canvas";
import { toPane, type Pane } from "../places";
import { keypoint, place, wishes } from "../state/current";
import { isDeep, names, planeSize, project, sideSize } from "../state/project";
import { pictureTrouble, shown } from "../state/shown";
import {
  bringPointIntoView,
  canvases,
  channel,
  contrast,
  marksShown,
  namesShown,
  sizeOf,
  views,
} from "../state/view";
import { FrameLegend } from "./frame-legend";
import { drawPoints, PictureLayer } from "./frame-picture";
import { followPointer, pointed } from "./frame-pointer";
import { FrameTools, FrameZoom } from "./frame-tools";
import { TimelineBar } from "./timeline-bar";

/** So much of the room the view from the side gets at least. */
const LEAST_SIDE = 0.22;

export function FramePanel() {
  useSignalEffect(() => {
    wishes.value;
    shown.value;
    bringPointIntoView();
  });
  const share = Math.max(sideSize.value.height / planeSize.value.height, LEAST_SIDE);
  return (
    <section class="map frame" aria-label="Frame">
      <FrameTools />
      <div class="map-canvases above">
        <PaneCanvases pane="above" label="Seen from above: drag to pan, wheel to zoom, click to place the point" />
        <FrameZoom />
        {pictureTrouble.value && <p class="empty" role="alert">{pictureTrouble.value}</p>}
        <FrameLegend />
      </div>
      {isDeep.value && (
        <div class="map-canvases from-side" style={{ flexGrow: share }}>
          <PaneCanvases pane="side" label="Seen from the side, depth downwards: click to place the point" />
          <span class="pane-name">from the side</span>
        </div>
      )}
      <TimelineBar />
    </section>
  );
}

function PaneCanvases({ pane, label }: { readonly pane: Pane; readonly label: string }) {
  const picture = useMemo(() => drawPicture(pane), []);
  const overlay = useMemo(() => drawOverlay(pane), []);
  return (
    <>
      <Canvas watch={() => watchPicture(pane)} draw={picture} size={canvases[pane]} />
      <Canvas
        class={keypoint.value >= 0 ? "overlay placing" : "overlay"}
        role="img"
        aria-label={label}
        watch={() => watchOverlay(pane)}
        draw={overlay}
        canvas={(canvas) => {
          if (canvas) followPointer(canvas, pane);
        }}
      />
    </>
  );
}

function watchPicture(pane: Pane): void {
  for (const each of [views[pane], shown, contrast, channel]) each.value;
}

function drawPicture(pane: Pane): Draw {
  const layer = new PictureLayer(pane);
  return (context, size) => {
    const view = views[pane].value;
    const picture = shown.value?.picture;
    context.fillStyle = "#0b0d10";
    context.fillRect(0, 0, size.width, size.height);
    if (view && picture) layer.draw(context, view, size, sizeOf(pane), picture, contrast.value, channel.value);
    context.canvas.dataset["frame"] = String(shown.value?.frame ?? "");
  };
}

function watchOverlay(pane: Pane): void {
  for (const each of [views[pane], shown, keypoint, place, pointed, marksShown, namesShown]) each.value;
}

function drawOverlay(pane: Pane): Draw {
  return (context, size) => {
    const view = views[pane].value;
    context.clearRect(0, 0, size.width, size.height);
    if (!view || !shown.value) return;
    drawPoints(context, pane, view, size, {
      points: shown.value.points,
      names: names.value,
      edges: project.value?.edges ?? [],
      planePx: project.value?.plane_px ?? 1,
      current: keypoint.value,
      place: place.value,
      pointed: pointed.value,
      marks: marksShown.value,
      all: namesShown.value,
    });
    tell(context.canvas, pane);
  };
}

/** Where the chosen point is on the page, for whoever reads the page by program. */
function tell(canvas: HTMLCanvasElement, pane: Pane): void {
  const at = place.value && toPane(pane, place.value, project.value?.plane_px ?? 1);
  canvas.dataset["point"] = at ? at.map((one) => one.toFixed(2)).join(" ") : "";
  const view = views[pane].value;
  canvas.dataset["view"] = view ? [view.x, view.y, view.scale].join(" ") : "";
}
