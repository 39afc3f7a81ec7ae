/** The field of view with all candidates on it. */

import { useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../../frame/views/canvas";
import { useSignalEffect } from "@preact/signals";
import { current, currentRow } from "../state/current";
import { appearance } from "../state/looks";
import {
  currentOutlines,
  firstRow,
  imageSize,
  mapContrast,
  outlineOpacity,
  recording,
  shownImage,
  tool,
  view,
} from "../state/map";
import { followCurrent, mapCanvas, shownView } from "../state/map-moves";
import { partner } from "../state/merges";
import { selection } from "../state/selection";
import { MapLegend } from "./map-legend";
import { drawOverlay } from "./map-overlay";
import { ImageLayer, OutlineLayer } from "./map-picture";
import { followPointer, lasso, pointedAt } from "./map-pointer";
import { MapTools } from "./map-tools";
import { Navigator } from "./navigator";

export function MapPanel() {
  return (
    <section class="map" aria-label="Map of the field of view">
      {recording.value?.evidence === false ? <NoMap /> : <Map />}
      <Navigator />
    </section>
  );
}

function Map() {
  return (
    <>
      <MapTools />
      <div class={`map-canvases ${tool.value}`}>
        <MapCanvases />
        <MapLegend />
      </div>
    </>
  );
}

function NoMap() {
  return (
    <p class="empty">
      This recording holds features only: there is neither map nor movie. Prepare it from a movie
      and its candidates to see them.
    </p>
  );
}

function MapCanvases() {
  const drawImage = useMemo(imagePicture, []);
  const drawOutlines = useMemo(outlinePicture, []);
  useSignalEffect(() => {
    currentRow.value;
    followCurrent();
  });
  return (
    <>
      <Canvas watch={watchImage} draw={drawImage} size={mapCanvas} />
      <Canvas style={{ opacity: outlineOpacity.value }} watch={watchOutlines} draw={drawOutlines} />
      <Canvas
        class="overlay"
        aria-label="Map: drag to pan, wheel to zoom, click to choose a candidate"
        role="img"
        watch={watchOverlay}
        draw={overlay}
        canvas={(canvas) => {
          if (canvas) followPointer(canvas);
        }}
      />
    </>
  );
}

function watchImage(): void {
  for (const each of [view, shownImage, mapContrast, imageSize]) each.value;
}

function imagePicture(): Draw {
  const layer = new ImageLayer();
  return (context, size) => {
    const shown = shownView.value;
    context.fillStyle = "#0b0d10";
    context.fillRect(0, 0, size.width, size.height);
    if (shown && shownImage.value) {
      layer.draw(context, shown, size, shownImage.value, mapContrast.value);
    }
  };
}

function watchOutlines(): void {
  for (const each of [view, appearance, currentOutlines, mapCanvas]) each.value;
}

function outlinePicture(): Draw {
  const layer = new OutlineLayer();
  return (context, size) => {
    const shown = shownView.value;
    const outlines = currentOutlines.value;
    if (shown && outlines && appearance.value) {
      return layer.draw(context, shown, size, outlines, appearance.value);
    }
    context.clearRect(0, 0, size.width, size.height);
    return false;
  };
}

function watchOverlay(): void {
  view.value;
  currentRow.value;
  current.value;
  currentOutlines.value;
  selection.value;
  lasso.value;
  pointedAt.value;
  partner.value;
  mapCanvas.value;
}

const overlay: Draw = (context, size) => {
  const shown = shownView.value;
  const outlines = currentOutlines.value;
  context.clearRect(0, 0, size.width, size.height);
  if (!shown || !outlines) return;
  const first = firstRow.value;
  const here = (row: number) => row >= first && row < first + outlines.count;
  const index = (row: number) => (here(row) ? row - first : -1);
  drawOverlay(context, size, shown, outlines, {
    current: index(currentRow.value),
    neighbours: (current.value?.neighbours ?? []).filter(here).map(index),
    selected: [...selection.value, ...(partner.value < 0 ? [] : [partner.value])].filter(here).map(index),
    pointed: index(pointedAt.value),
    lasso: lasso.value,
  });
  context.canvas.dataset["row"] = String(currentRow.value);
};
