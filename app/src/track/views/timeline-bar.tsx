/** All frames in a line: how doubtful each is, which are annotated, which are to be tracked again. */

import { keyOf } from "../../frame/actions";
import { dark } from "../../frame/theme";
import { ActionButton } from "../../frame/views/action-button";
import { Canvas, type Draw } from "../../frame/views/canvas";
import { Icon } from "../../frame/views/icon";
import { cssOf, OKABE_ITO } from "../../draw/colours";
import { ANNOTATED, REFERENCE, STALE } from "../api";
import { columnsOf } from "../line";
import { frameCount } from "../state/project";
import { timeline } from "../state/session";
import { frame, showFrame } from "../state/shown";

const LAST = () => Math.max(frameCount.value - 1, 0);

export function TimelineBar() {
  return (
    <div class="timeline" role="group" aria-label="Through the frames">
      <Canvas
        class="timeline-canvas"
        role="img"
        title="Bars: doubt of the worst point. Blue: references. Green: annotated. Grey band: to be tracked again. Click to go there"
        aria-label="Doubt, references, annotated frames and frames to be tracked again"
        watch={watch}
        draw={draw}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          go(event);
        }}
        onPointerMove={(event) => event.buttons && go(event)}
      />
      <div class="navigator-line">
        <ActionButton action="go.previous" class="tool">
          <Icon name="left" />
        </ActionButton>
        <input
          type="range"
          class="slider"
          title={`Frame (${keyOf("go.previous")}, ${keyOf("go.next")})`}
          aria-label="Frame"
          min={0}
          max={LAST()}
          value={frame.value}
          onInput={(event) => showFrame(event.currentTarget.valueAsNumber)}
        />
        <ActionButton action="go.next" class="tool">
          <Icon name="right" />
        </ActionButton>
        <input
          id="go-to"
          class="go-to"
          type="number"
          min={0}
          max={LAST()}
          value={frame.value}
          title={`Go to a frame by its number (${keyOf("go.to")}), then Enter`}
          aria-label="Go to a frame by its number"
          onFocus={(event) => event.currentTarget.select()}
          onKeyDown={(event) => {
            if (event.key !== "Enter" && event.key !== "Escape") return;
            const wished = event.currentTarget.valueAsNumber;
            if (event.key === "Enter" && Number.isFinite(wished)) showFrame(wished);
            event.currentTarget.blur();
          }}
        />
        <ActionButton action="go.doubtful" class="quiet" showKey>
          doubtful
        </ActionButton>
        <ActionButton action="go.stale" class="quiet" showKey>
          stale
        </ActionButton>
        <ActionButton action="go.reference" class="quiet" showKey>
          reference
        </ActionButton>
      </div>
    </div>
  );
}

function go(event: PointerEvent & { readonly currentTarget: HTMLCanvasElement }): void {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  showFrame(Math.floor(((event.clientX - left) / width) * frameCount.value));
}

function watch(): void {
  for (const each of [timeline, frame, dark]) each.value;
}

const draw: Draw = (context, { width, height, line }) => {
  const now = timeline.value;
  context.clearRect(0, 0, width, height);
  if (!now) return;
  const { doubt, flags } = columnsOf(now, width);
  const band = 4 * line;
  const room = height - band;
  for (let x = 0; x < width; x++) {
    const flag = flags[x] as number;
    if (flag & STALE) fill(context, dark.value ? "#6b7686" : "#8893a1", x, 0, band);
    const mark = flag & REFERENCE ? OKABE_ITO.blue : flag & ANNOTATED ? OKABE_ITO.green : null;
    if (mark) fill(context, cssOf(mark, flag & REFERENCE ? 1 : 0.8), x, band, flag & REFERENCE ? room : room / 2);
    const bar = room * (doubt[x] as number);
    fill(context, cssOf(OKABE_ITO.vermillion), x, height - bar, bar);
  }
  const x = ((frame.value + 0.5) / now.lowest.length) * width;
  context.fillStyle = dark.value ? "#ffffff" : "#000000";
  context.fillRect(x - line, 0, 2 * line, height);
};

function fill(context: CanvasRenderingContext2D, colour: string, x: number, top: number, height: number): void {
  context.fillStyle = colour;
  context.fillRect(x, top, 1, height);
}
