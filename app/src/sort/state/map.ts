/** The map's contents and how it is looked at. */

import { computed, signal } from "@preact/signals";
import { getImage, getMap, type Image } from "../../api/routes";
import { AUTOMATIC, type Contrast } from "../../draw/levels";
import { Outlines } from "../../draw/outlines";
import type { View } from "../../draw/view";
import { report } from "../../frame/notices";
import { stored } from "../../frame/stored";
import { currentRow } from "./current";
import { project, recordingOf } from "./project";

export const imageName = stored("map.image", "maximum");
/** "decision", "prediction", "probability" or a feature. */
export const colourBy = stored("map.colour-by", "decision");
/** One colour for all outlines, or "" for those of `colourBy`. */
export const outlineColour = stored("map.outline-colour", "");
export const outlineOpacity = stored("map.opacity", 0.9);
/** In usual widths. */
export const outlineWidth = stored("map.outline-width", 1);
/** 0: candidates are outlined only. */
export const fillOpacity = stored("map.fill-opacity", 0);
export const mapContrast = stored<Contrast>("map.contrast", AUTOMATIC);
export const hidden = stored<{ accepted: boolean; rejected: boolean; decided: boolean }>(
  "map.hidden",
  { accepted: false, rejected: false, decided: false },
);
/** Whether the map moves so that the current candidate is in view. */
export const following = stored("map.following", true);

/** What dragging does: moves the map, selects, or zooms to a box. */
export type Tool = "pan" | "lasso" | "box";
export const tool = signal<Tool>("pan");

/** null until the canvas knows its size: then all of the image is in view. */
export const view = signal<View | null>(null);

export const recording = computed(() => recordingOf(Math.max(currentRow.value, 0)));

const outlines = signal<ReadonlyMap<number, Outlines>>(new Map());
const images = signal<ReadonlyMap<string, Image>>(new Map());
const fetching = new Set<string>();

/** Outlines of the current recording; null while they are on their way. */
export const currentOutlines = computed(() => {
  const number = recording.value?.number ?? -1;
  const there = outlines.value.get(number);
  if (!there && recording.value?.evidence) {
    fetchOnce(`map ${number}`, async () => {
      const found = new Outlines(await getMap(number));
      outlines.value = new Map([...outlines.value, [number, found]]);
    });
  }
  return there ?? null;
});

/** The image under the outlines: the one wished for, or the first that there is. */
export const shownImage = computed(() => {
  const about = recording.value;
  if (!about) return null;
  const name = about.images.includes(imageName.value) ? imageName.value : about.images[0];
  if (!name) return null;
  const key = `${about.number} ${name}`;
  const there = images.value.get(key);
  if (!there) {
    fetchOnce(key, async () => {
      const found = await getImage(about.number, name);
      images.value = new Map([...images.value, [key, found]]);
    });
  }
  return there ?? null;
});

/** First row of the recording on the map. */
export const firstRow = computed(() => recording.value?.first ?? 0);

export const imageSize = computed(() => {
  const [height, width] = recording.value?.image_shape ?? [1, 1];
  return { width, height };
});

export function cycleImage(): void {
  const names = recording.value?.images ?? [];
  imageName.value = names[(names.indexOf(imageName.value) + 1) % names.length] ?? "maximum";
}

/** Go round the ways to colour; predictions are seen only once they are revealed or judged. */
export function cycleColour(): void {
  const ways = ["decision", "prediction", "probability"];
  const place = ways.indexOf(colourBy.value);
  colourBy.value = ways[(place + 1) % ways.length] as string;
}

function fetchOnce(key: string, fetchIt: () => Promise<void>): void {
  if (fetching.has(key) || !project.value) return;
  fetching.add(key);
  fetchIt().catch((problem: unknown) => {
    fetching.delete(key);
    report(problem);
  });
}
