/** Which values of a picture are black and white. */

import type { Signal } from "@preact/signals";
import type { Contrast } from "../../draw/levels";
import { ActionButton } from "./action-button";
import { Range } from "./range";
import { percent } from "../words";

interface ContrastFieldsProps {
  readonly contrast: Signal<Contrast>;
  /** What the automatic values are, in words. */
  readonly automaticBlack: string;
  readonly automaticWhite: string;
  /** The action that makes it automatic again. */
  readonly action: string;
}

export function ContrastFields({ contrast, automaticBlack, automaticWhite, action }: ContrastFieldsProps) {
  return (
    <>
      <Range
        label="Black"
        hint={`Which value is black; 0 % is ${automaticBlack}`}
        least={-0.5}
        most={0.95}
        step={0.01}
        value={contrast.value.black}
        show={percent}
        change={(black) => (contrast.value = { ...contrast.value, black })}
      />
      <Range
        label="White"
        hint={`Which value is white; 100 % is ${automaticWhite}`}
        least={0.05}
        most={2}
        step={0.01}
        value={contrast.value.white}
        show={percent}
        change={(white) => (contrast.value = { ...contrast.value, white })}
      />
      <ActionButton action={action} showKey>
        Automatic contrast
      </ActionButton>
    </>
  );
}
