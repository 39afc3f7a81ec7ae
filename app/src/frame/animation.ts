/** Drawing once a frame, however often something changes. */

import { effect } from "@preact/signals";

/**
 * Draw again in the next frame after anything that `watch` reads has changed.
 *
 * `draw` returns whether it has more to draw. Returns the function that ends it.
 */
export function drawWhen(watch: () => void, draw: () => boolean | void): () => void {
  let frame = 0;
  const step = () => {
    frame = 0;
    if (draw()) request();
  };
  const request = () => {
    if (!frame) frame = requestAnimationFrame(step);
  };
  const end = effect(() => {
    watch();
    request();
  });
  return () => {
    end();
    cancelAnimationFrame(frame);
  };
}
