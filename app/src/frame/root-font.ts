/** Size of the page's letters, in CSS pixels: everything on a canvas scales with it. */

const USUAL_PX = 13;

let known = 0;

/** Asking the browser makes it lay out the page, which takes long while it is changed. */
export function rootFont(): number {
  known ||= parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX;
  return known;
}

globalThis.addEventListener?.("resize", () => (known = 0));

/** How much wider than usual lines are to be, so that they are seen on a large screen, too. */
export function lineScale(): number {
  return Math.max(rootFont() / USUAL_PX, 1);
}
