/** What the labels are for. */

import { Choice } from "../../frame/views/choice";
import { Range } from "../../frame/views/range";
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
        <Range
          label={target.kind.kind.replace("-", " ")}
          hint={target.kind.text}
          least={0}
          most={100}
          step={1}
          value={target.value}
          show={(percent) => `${percent} %`}
          settle={(percent) => change(writeTarget({ kind: target.kind, value: percent }))}
        />
      )}
    </>
  );
}
