/** The current candidate's trace with its events, and its neighbours' over it. */

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { divide, extremes } from "../../draw/decimate";
import { strokeJagged } from "../../draw/polyline";
import { rangeOf, rescaled } from "../../draw/strip";
import { drawWhen } from "../../frame/animation";
import { keyOf } from "../../frame/actions";
import { lineScale, rootFont } from "../../frame/root-font";
import { dark } from "../../frame/theme";
import { BESIDE_COLOURS } from "../marks";
import { current } from "../state/current";
import { alikeTraces, traceRange, tracesBeside } from "../state/evidence";
import { recording } from "../state/map";
import { framesInView, showFrames, zoomTrace } from "../state/trace-moves";

const ROOM = 0.06;
const WHEEL_RATE = 0.0016;

const ink = () => (dark.value ? "#e6e9ee" : "#1b2430");
const faint = () => (dark.value ? "#97a1af" : "#5b6675");
const grid = () => (dark.value ? "#2c333d" : "#e3e7ec");
const eventColour = () => (dark.value ? "#f0e442" : "#8a6d00");

export function Trace() {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => mountPlot(place.current as HTMLDivElement), []);
  return (
    <div
      ref={place}
      class="trace"
      role="img"
      aria-label="Trace with its events"
      title={traceTitle()}
    />
  );
}

function traceTitle(): string {
  const zoom = `${keyOf("trace.in")}, ${keyOf("trace.out")}`;
  return `Drag or turn the wheel to zoom (${zoom}), double click for the whole trace (${keyOf("trace.whole")})`;
}

function mountPlot(place: HTMLDivElement): () => void {
  const size = signal(0);
  const plot = new uPlot(plotOptions(), [[], ...BESIDE_COLOURS.map(() => []), []], place);
  const observer = new ResizeObserver(() => {
    plot.setSize({ width: place.clientWidth, height: place.clientHeight });
    size.value = place.clientWidth;
  });
  observer.observe(place);
  place.addEventListener("wheel", (event) => zoomByWheel(plot, event), { passive: false });
  plot.over.addEventListener("dblclick", () => (traceRange.value = null));
  const end = drawWhen(
    () => {
      for (const each of [current, traceRange, tracesBeside, alikeTraces, dark, size]) each.value;
    },
    () => {
      plot.setData(plotData(plot.width * devicePixelRatio) as uPlot.AlignedData);
      place.dataset["row"] = String(current.value?.row ?? -1);
    },
  );
  return () => {
    end();
    observer.disconnect();
    plot.destroy();
  };
}

function rate(): number {
  return recording.value?.frame_rate_hz ?? 1;
}

function plotData(width: number): (Float64Array | null[])[] {
  const candidate = current.value;
  if (!candidate) return [new Float64Array(), ...BESIDE_COLOURS.map(() => []), []];
  const [begin, end] = framesInView();
  const points = divide(begin, Math.min(end, candidate.trace.length), Math.max(width, 50));
  const nothing: null[] = Array<null>(points.frames.length).fill(null);
  const beside = [...tracesBeside.value.values()].map((trace) => {
    const values = extremes(trace, points);
    return alikeTraces.value ? rescaled(values, rangeOf(trace), rangeOf(candidate.trace)) : values;
  });
  return [
    points.frames.map((frame) => frame / rate()),
    ...BESIDE_COLOURS.map((_, number) => beside[number] ?? nothing),
    extremes(candidate.trace, points),
  ];
}

function plotOptions(): uPlot.Options {
  const font = `${0.75 * rootFont()}px system-ui, sans-serif`;
  const series = { points: { show: false }, paths: () => null };
  const axis = { stroke: faint, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width: 400,
    height: 150,
    legend: { show: false },
    padding: [1.3 * rootFont(), 1.1 * rootFont(), 0, 0],
    scales: {
      x: { time: false, range: () => framesInView().map((frame) => frame / rate()) as [number, number] },
      y: { range: valueRange },
    },
    series: [
      {},
      ...BESIDE_COLOURS.map((stroke) => ({ ...series, stroke })),
      { ...series, stroke: ink },
    ],
    axes: [
      { ...axis, size: 1.9 * rootFont(), values: (_, ticks) => ticks.map(timeText) },
      { ...axis, size: 3.6 * rootFont() },
    ],
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, y: false },
    hooks: { setSelect: [takeSelected], drawSeries: [drawLine], draw: [drawEvents] },
  };
}

function timeText(value: number): string {
  return recording.value?.frame_rate_hz ? `${Number(value.toFixed(2))} s` : String(value);
}

function valueRange(): [number, number] {
  const traces = alikeTraces.value ? [] : [...tracesBeside.value.values()];
  if (current.value) traces.push(current.value.trace);
  const ranges = traces.map(rangeOf);
  const least = Math.min(...ranges.map(([low]) => low));
  const most = Math.max(...ranges.map(([, high]) => high));
  const room = ROOM * (most - least) || 1;
  return Number.isFinite(room) ? [least - room, most + room] : [0, 1];
}

function takeSelected(plot: uPlot): void {
  const { left, width } = plot.select;
  if (width < 4) return;
  const at = (x: number) => Math.round(plot.posToVal(x, "x") * rate());
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  showFrames(at(left), at(left + width));
}

function zoomByWheel(plot: uPlot, event: WheelEvent): void {
  event.preventDefault();
  zoomTrace(Math.exp(event.deltaY * WHEEL_RATE), plot.posToVal(event.offsetX, "x") * rate());
}

function drawLine(plot: uPlot, number: number): void {
  const values = plot.data[number];
  const times = plot.data[0];
  const stroke = plot.series[number]?.stroke;
  if (!number || !values?.length || values[0] === null) return;
  const { ctx: context, bbox } = plot;
  const path = new Path2D();
  for (let index = 0; index < times.length; index++) {
    path.lineTo(
      plot.valToPos(times[index] as number, "x", true),
      plot.valToPos(values[index] as number, "y", true),
    );
  }
  context.save();
  context.beginPath();
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  context.clip();
  context.strokeStyle = typeof stroke === "function" ? (stroke(plot, number) as string) : "";
  strokeJagged(context, path, devicePixelRatio * lineScale());
  context.restore();
}

/** Places of the events on the canvas, from left to right. */
function eventsInView(plot: uPlot): readonly { readonly x: number; readonly number: number }[] {
  const { left, width } = plot.bbox;
  return (current.value?.events ?? [])
    .map((frame, number) => ({ x: plot.valToPos(frame / rate(), "x", true), number }))
    .filter(({ x }) => x >= left && x <= left + width)
    .sort((first, second) => first.x - second.x);
}

/** Numbered as the snapshots are. */
function drawEvents(plot: uPlot): void {
  const { ctx: context } = plot;
  const ratio = devicePixelRatio * lineScale();
  const top = plot.bbox.top;
  context.save();
  context.font = `600 ${0.8 * rootFont() * devicePixelRatio}px system-ui, sans-serif`;
  context.textAlign = "center";
  let free = -Infinity;
  for (const { x, number } of eventsInView(plot)) {
    context.fillStyle = context.strokeStyle = eventColour();
    context.globalAlpha = 0.45;
    context.setLineDash([3 * ratio, 3 * ratio]);
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + plot.bbox.height);
    context.stroke();
    context.globalAlpha = 1;
    context.setLineDash([]);
    context.beginPath();
    context.moveTo(x - 4 * ratio, top - 1);
    context.lineTo(x + 4 * ratio, top - 1);
    context.lineTo(x, top + 5 * ratio);
    context.fill();
    const beside = Math.max(x, free);
    context.fillText(String(number + 1), beside, top - 4 * ratio);
    free = beside + 0.7 * rootFont() * devicePixelRatio;
  }
  context.restore();
}
