/** A canvas as large as its place, in the screen's own pixels. */

import { signal, type Signal } from "@preact/signals";
import type { CanvasHTMLAttributes, Ref } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { drawWhen } from "../animation";
import { lineScale } from "../root-font";

/** Size of a canvas, in the screen's pixels. */
export interface CanvasSize {
  readonly width: number;
  readonly height: number;
  /** The screen's pixels in a CSS pixel. */
  readonly ratio: number;
  /** Width of a thin line. */
  readonly line: number;
}

export type Draw = (context: CanvasRenderingContext2D, size: CanvasSize) => boolean | void;

interface CanvasProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, "size" | "ref"> {
  /** Reads every signal that the picture depends on. */
  readonly watch: () => void;
  /** Draws the picture; returns whether there is more to draw in the next frame. */
  readonly draw: Draw;
  readonly size?: Signal<CanvasSize | null>;
  readonly canvas?: Ref<HTMLCanvasElement>;
}

export function Canvas({ watch, draw, size, canvas, ...others }: CanvasProps) {
  const element = useRef<HTMLCanvasElement>(null);
  const own = useMemo(() => size ?? signal<CanvasSize | null>(null), [size]);
  useEffect(() => {
    const target = element.current as HTMLCanvasElement;
    if (typeof canvas === "function") canvas(target);
    else if (canvas) canvas.current = target;
    const observer = new ResizeObserver(() => (own.value = measure(target)));
    observer.observe(target);
    const context = target.getContext("2d", { alpha: true }) as CanvasRenderingContext2D;
    const end = drawWhen(
      () => {
        own.value;
        watch();
      },
      () => {
        const now = own.value;
        if (!now || !now.width || !now.height) return false;
        if (target.width !== now.width) target.width = now.width;
        if (target.height !== now.height) target.height = now.height;
        return draw(context, now);
      },
    );
    return () => {
      observer.disconnect();
      end();
    };
  }, []);
  return <canvas ref={element} {...others} />;
}

function measure(element: HTMLElement): CanvasSize {
  const ratio = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = element;
  return {
    width: Math.round(clientWidth * ratio),
    height: Math.round(clientHeight * ratio),
    ratio,
    line: ratio * lineScale(),
  };
}
