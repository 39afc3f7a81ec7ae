/** Icons as strokes on a 16 by 16 grid. */

const PATHS = {
  accept: "M3 8.5l3.2 3.2L13 4.5",
  reject: "M4 4l8 8M12 4l-8 8",
  unsure: "M5.5 6a2.6 2.6 0 1 1 3.6 2.4C8.4 8.7 8 9.2 8 10M8 12.6v.1",
  skip: "M3 4l5 4-5 4zM12.5 4v8",
  undecided: "M8 3.2a4.8 4.8 0 1 0 .01 0",
  undo: "M6 4L3 7l3 3M3.4 7H10a3 3 0 0 1 0 6H7",
  redo: "M10 4l3 3-3 3M12.6 7H6a3 3 0 0 0 0 6h3",
  play: "M5 3.5v9l7-4.5z",
  pause: "M5.5 4v8M10.5 4v8",
  plus: "M8 3.5v9M3.5 8h9",
  minus: "M3.5 8h9",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  centre: "M8 2v4M8 10v4M2 8h4M10 8h4M8 7.9v.2",
  lasso: "M8 3c3 0 5.2 1.5 5.2 3.6S11 10.2 8 10.2 2.8 8.700 2.8 6.600 5 3 8 3M5.500 9.800C4.600 11 5.500 12 6.500 13.500",
  sliders: "M3 5h6M12 5h1M3 11h1M7 11h6M10.500 3.500v3M5.500 9.500v3",
  settings: "M3 4.500h10M3 8h10M3 11.500h10M6 3.200v2.600M10 6.700v2.600M5 10.200v2.600",
  sun: "M8 5a3 3 0 1 0 .01 0M8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M12.600 3.400l-1 1M4.400 11.600l-1 1",
  moon: "M12.500 9.800A5.200 5.200 0 0 1 6.200 3.500a5 5 0 1 0 6.300 6.300z",
  help: "M5.5 6a2.6 2.6 0 1 1 3.6 2.4C8.4 8.7 8 9.2 8 10M8 12.6v.1",
  close: "M4 4l8 8M12 4l-8 8",
  left: "M10 3.500L5.500 8l4.500 4.500",
  right: "M6 3.500L10.500 8 6 12.500",
  export: "M8 10V2.500M5 5.200l3-2.700 3 2.700M3 9.500v3.500h10V9.500",
  note: "M3.500 3h9v7l-3 3h-6zM9.500 13v-3h3M5.500 6h5M5.500 8.500h3",
  eye: "M1.800 8C3.300 5.200 5.400 3.800 8 3.800S12.700 5.200 14.200 8C12.700 10.800 10.600 12.200 8 12.200S3.300 10.800 1.800 8M8 6.200a1.800 1.800 0 1 0 .01 0",
  person: "M8 2.800a2.600 2.600 0 1 0 .01 0M3 13.500c.4-3 2.300-4.500 5-4.500s4.600 1.500 5 4.500",
  why: "M8 2.500a4 4 0 0 0-2.200 7.300V11.500h4.400V9.800A4 4 0 0 0 8 2.500M6.500 13.500h3",
  up: "M4 10l4-4 4 4",
  down: "M4 6l4 4 4-4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
