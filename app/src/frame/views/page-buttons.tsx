/** What every page has at its right end: light or dark, and the keys. */

import { dark } from "../theme";
import { ActionButton } from "./action-button";
import { Icon } from "./icon";

export function PageButtons() {
  return (
    <>
      <ActionButton action="theme" class="tool">
        <Icon name={dark.value ? "sun" : "moon"} />
      </ActionButton>
      <ActionButton action="help" class="tool">
        <Icon name="help" />
      </ActionButton>
    </>
  );
}
