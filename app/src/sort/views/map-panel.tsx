/** The field of view with all candidates on it. */

import { useMemo } from "preact/hooks";
import { Canvas, type Draw } from "../../frame/views/canvas";
import { useSignalEffect } from "@preact/signals";
import { current, currentRow } from "../state/current";
import { appearance } from "../state/looks";
import {
  currentOutlines,
  fillOpacity,
  firstRow,
  imageSize,
  mapContrast,
  outlineOpacity,
  outlineWidth,
  recording,
  shownImage,
  tool,
  view,
} from "../state/map";
import { followCurrent, mapCanvas, shownView } from "../state/map-moves";
import { partner } from "../state/merges";
import { marked } from "../state/selection";
import { FillLayer } from "./fill-layer";
import { MapLegend } from "./map-legend";
import { drawOverlay } from "./map-overlay";
import { ImageLayer, OutlineLayer } from "./map-picture";
import { followPointer, lasso, pointedAt } from "./map-pointer";
import { MapTools, MapZoom } from "./map-tools";
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
        <MapZoom />
        <MapLegend />
      </div>
    </>
  );
}

function NoMap() {
  return (
    <p class="empty" role="status">
      There is neither map nor movie of this recording. {recording.value?.warnings[0]}
    </p>
  );
}

function MapCanvases() {
  const drawImage = useMemo(imagePicture, []);
  const drawOutlines = useMemo(outlinePicture, []);
  const drawFills = useMemo(fillPicture, []);
  useSignalEffect(() => {
    currentRow.value;
    followCurrent();
  });
  return (
    <>
      <Canvas watch={watchImage} draw={drawImage} size={mapCanvas} />
      {fillOpacity.value > 0 && (
        <Canvas style={{ opacity: fillOpacity.value }} watch={watchOutlines} draw={drawFills} />
      )}
      <Canvas
        class="outlines"
        style={{ opacity: outlineOpacity.value }}
        watch={watchOutlines}
        draw={drawOutlines}
      />
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
  for (const each of [view, appearance, currentOutlines, outlineWidth, mapCanvas]) each.value;
}

function fillPicture(): Draw {
  let layer: FillLayer | null = null;
  return (context, size) => {
    const shown = shownView.value;
    const outlines = currentOutlines.value;
    if (!shown || !outlines || !appearance.value) return false;
    if (!layer?.isOf(outlines)) layer = new FillLayer(outlines, imageSize.value);
    return layer.draw(context, shown, size, appearance.value);
  };
}

function outlinePicture(): Draw {
  const layer = new OutlineLayer();
  return (context, size) => {
    const shown = shownView.value;
    const outlines = currentOutlines.value;
    if (shown && outlines && appearance.value) {
      const line = size.line * outlineWidth.value;
      const more = layer.draw(context, shown, size, outlines, appearance.value, line);
      context.canvas.dataset["whole"] = String(!more);
      return more;
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
  marked.value;
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
    neighbours: partner.value < 0 ? (current.value?.neighbours ?? []).filter(here).map(index) : [],
    selected: marked.value.filter(here).map(index),
    pointed: index(pointedAt.value),
    partner: index(partner.value),
    lasso: lasso.value,
  });
  context.canvas.dataset["row"] = String(currentRow.value);
};
