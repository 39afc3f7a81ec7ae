/** The open video, and what of it never changes while it is open. */

import { computed } from "@preact/signals";
import type { TrackingProject } from "../../api/types";
import { opened } from "../../frame/opened";

export const project = computed<TrackingProject | null>(() =>
  opened.value?.kind === "track" ? opened.value : null,
);

export const names = computed<readonly string[]>(() => project.value?.keypoints ?? []);

export const frameCount = computed(() => project.value?.frames ?? 0);

/** Whether it has planes, so that it is looked at from the side, too. */
export const isDeep = computed(() => (project.value?.planes ?? 1) > 1);

/** The image plane's size in pixels. */
export const planeSize = computed(() => ({
  width: project.value?.width ?? 1,
  height: project.value?.height ?? 1,
}));

/** As seen from the side, in pixels of the image plane. */
export const sideSize = computed(() => ({
  width: project.value?.width ?? 1,
  height: (project.value?.planes ?? 1) * (project.value?.plane_px ?? 1),
}));
