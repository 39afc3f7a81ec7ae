/** A labelled slider with its value beside it. */

import { useSignal } from "@preact/signals";

interface RangeProps {
  readonly label: string;
  readonly hint: string;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly value: number;
  readonly show?: (value: number) => string;
  /** Called while the slider moves. */
  readonly change?: (value: number) => void;
  /** Called once it has been let go. */
  readonly settle?: (value: number) => void;
}

export function Range(props: RangeProps) {
  const { label, hint, least, most, step, value, show = String } = props;
  const moving = useSignal<number | null>(null);
  const take = (moved: number) => {
    moving.value = moved;
    props.change?.(moved);
  };
  const settle = (moved: number) => {
    moving.value = null;
    props.settle?.(moved);
  };
  return (
    <label class="range" title={hint}>
      <span>{label}</span>
      <input
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        onInput={(event) => take(event.currentTarget.valueAsNumber)}
        onChange={(event) => settle(event.currentTarget.valueAsNumber)}
      />
      <output>{show(moving.value ?? value)}</output>
    </label>
  );
}
