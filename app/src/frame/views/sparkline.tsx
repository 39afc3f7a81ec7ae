/** A few values in a row as a small line; where one is not known the line is broken. */

export interface SparkPoint {
  /** null where it is not known. */
  readonly value: number | null;
  /** What pointing at it says. */
  readonly words: string;
}

interface SparklineProps {
  readonly points: readonly SparkPoint[];
  readonly least: number;
  readonly most: number;
  /** For those who do not see it. */
  readonly label: string;
}

const WIDTH = 90;
const HEIGHT = 28;
const EDGE = 4;

export function Sparkline({ points, least, most, label }: SparklineProps) {
  const step = (WIDTH - 2 * EDGE) / Math.max(points.length - 1, 1);
  const places = points.map(({ value, words }, index) => ({
    words,
    x: EDGE + index * step,
    y: value === null ? null : HEIGHT - EDGE - ((value - least) / (most - least || 1)) * (HEIGHT - 2 * EDGE),
  }));
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={pathThrough(places)} />
      {places.map(({ x, y, words }) =>
        y === null ? null : (
          <path key={x} class="dot" d={`M${x} ${y}h0`}>
            <title>{words}</title>
          </path>
        ),
      )}
    </svg>
  );
}

/** The line through neighbours that are both known. */
export function pathThrough(places: readonly { readonly x: number; readonly y: number | null }[]): string {
  return places
    .map(({ x, y }, index) => {
      if (y === null) return "";
      const before = places[index - 1];
      return `${before && before.y !== null ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
