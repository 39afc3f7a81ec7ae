/** Size of the page's letters, in CSS pixels: everything on a canvas scales with it. */

const USUAL_PX = 13;

export function rootFont(): number {
  return parseFloat(getComputedStyle(document.documentElement).fontSize) || USUAL_PX;
}

/** How much wider than usual lines are to be, so that they are seen on a large screen, too. */
export function lineScale(): number {
  return Math.max(rootFont() / USUAL_PX, 1);
}
