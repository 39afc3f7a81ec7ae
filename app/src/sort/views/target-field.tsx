/** What the labels are for. */

import { Choice } from "../../frame/views/choice";
import { readTarget, TARGET_KINDS, writeTarget, type TargetKind } from "../target";

interface TargetFieldProps {
  readonly value: string;
  readonly change: (value: string) => void;
}

export function TargetField({ value, change }: TargetFieldProps) {
  const target = readTarget(value);
  const choose = (name: string) => {
    const kind = TARGET_KINDS.find((one) => one.kind === name) as TargetKind;
    change(writeTarget({ kind, value: kind.usual }));
  };
  return (
    <>
      <Choice
        label="Target"
        hint="What the labels are for: it sets the threshold"
        value={target.kind.kind}
        options={TARGET_KINDS.map(({ kind, text }) => ({ value: kind, text }))}
        change={choose}
      />
      {target.value !== null && (
        <TargetNumber
          kind={target.kind}
          percent={target.value}
          change={(percent) => change(writeTarget({ kind: target.kind, value: percent }))}
        />
      )}
    </>
  );
}

interface TargetNumberProps {
  readonly kind: TargetKind;
  readonly percent: number;
  readonly change: (percent: number) => void;
}

/** A threshold is a probability from 0 to 1, the others are shares in percent. */
function TargetNumber({ kind, percent, change }: TargetNumberProps) {
  const isThreshold = kind.kind === "threshold";
  const unit = isThreshold ? 100 : 1;
  const shown = Number((percent / unit).toFixed(4));
  return (
    <label class="field" title={isThreshold ? "Probability above which the machine accepts, 0 to 1" : `${kind.text} so many percent`}>
      <span>{isThreshold ? "Threshold" : `${kind.kind.replace("-", " ")}, percent`}</span>
      <input
        type="number"
        min={0}
        max={100 / unit}
        step={isThreshold ? 0.01 : 0.5}
        value={shown}
        onChange={(event) => {
          const number = event.currentTarget.valueAsNumber;
          if (number >= 0 && number <= 100 / unit) change(Number((number * unit).toFixed(4)));
          else event.currentTarget.value = String(shown);
        }}
      />
    </label>
  );
}
