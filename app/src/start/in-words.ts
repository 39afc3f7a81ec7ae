/** What was recognised, in a sentence. */

import type { FoundCandidates, FoundMovie } from "../api/start";
import { plural } from "../frame/words";

export function movieInWords(movie: FoundMovie): string {
  const rate = movie.frame_rate_hz;
  const size = movie.pixel_size_um;
  return [
    movie.format,
    plural(movie.frames, "frame"),
    `${movie.height} × ${movie.width} pixels of ${movie.values}`,
    rate === null ? "frame rate not known" : `${short(rate)} Hz (${time(movie.frames / rate)})`,
    size === null ? "pixel size not known" : `${sizeInWords(size)} µm a pixel`,
    movie.units === "unknown" ? "units not known" : movie.units,
  ].join(" · ");
}

export function candidatesInWords(found: FoundCandidates): string {
  const rate = found.frame_rate_hz === null ? "" : ` at ${short(found.frame_rate_hz)} Hz`;
  const judged = found.annotators.length ? [`verdicts of ${found.annotators.join(", ")}`] : [];
  return [
    found.format,
    plural(found.candidates, "candidate"),
    `${found.height} × ${found.width} pixels`,
    found.frames === null
      ? "no traces: they will be taken from the movie"
      : `traces of ${plural(found.frames, "frame")}${rate}`,
    ...judged,
  ].join(" · ");
}

function sizeInWords([y, x]: readonly [number, number]): string {
  return y === x ? short(y) : `${short(y)} × ${short(x)}`;
}

function time(seconds: number): string {
  return seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
