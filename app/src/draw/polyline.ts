/** Jagged lines: without a GPU a line wider than one pixel takes thirty times as long. */

/** Stroke a path as lines of one pixel, one below the other up to the width. */
export function strokeJagged(context: CanvasRenderingContext2D, path: Path2D, width: number): void {
  context.save();
  context.lineWidth = 1;
  context.setLineDash([]);
  for (let pass = Math.max(Math.round(width), 1); pass > 0; pass--) {
    context.stroke(path);
    context.translate(0, 1);
  }
  context.restore();
}
