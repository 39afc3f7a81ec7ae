/** Through the listed order: slider, name, next and previous. */

import { keyOf } from "../../frame/actions";
import { ActionButton } from "../../frame/views/action-button";
import { Choice, Tick } from "../../frame/views/choice";
import { Icon } from "../../frame/views/icon";
import { note } from "../../frame/notices";
import { currentRow, show } from "../state/current";
import { inOrder, setInOrder } from "../state/navigation";
import { identities, nameOf, rowOf } from "../state/names";
import { isFiltered, order, steppedRows, undecidedOnly } from "../state/order";

export function Navigator() {
  const rows = steppedRows.value;
  const place = rows.indexOf(currentRow.value);
  return (
    <div class="navigator" role="group" aria-label="Through the candidates">
      <div class="navigator-line">
        <ActionButton action="go.previous" class="tool">
          <Icon name="left" />
        </ActionButton>
        <input
          type="range"
          class="slider"
          title={`Place in the listed order (${keyOf("go.previous")}, ${keyOf("go.next")})`}
          aria-label="Place in the listed order"
          aria-valuetext={nameOf(currentRow.value)}
          min={0}
          max={Math.max(rows.length - 1, 0)}
          value={Math.max(place, 0)}
          onInput={(event) => show(rows[event.currentTarget.valueAsNumber] ?? -1)}
        />
        <ActionButton action="go.next" class="tool">
          <Icon name="right" />
        </ActionButton>
        <GoTo />
      </div>
      <div class="navigator-line">
        <Tick
          label="Undecided only"
          hint={`Step through undecided candidates only (${keyOf("go.undecided-only")})`}
          on={undecidedOnly.value}
          change={(on) => (undecidedOnly.value = on)}
        />
        <Filtered />
        <span class="spring" />
        <Choice
          label="After a decision"
          hint={`What comes after a decision (${keyOf("go.follow")})`}
          value={inOrder.value ? "order" : "suggestions"}
          options={[
            { value: "suggestions", text: "next suggestion" },
            { value: "order", text: "next in the list" },
          ]}
          change={(value) => setInOrder(value === "order")}
        />
      </div>
    </div>
  );
}

/** Where the table lists a part only, the way back to all. */
function Filtered() {
  if (!isFiltered.value) return null;
  return (
    <ActionButton action="table.all" class="quiet">
      {order.value.length.toLocaleString("en")} listed <Icon name="close" />
    </ActionButton>
  );
}

/** Go to a candidate by the extractor's name for it. */
function GoTo() {
  const shown = identities.value[currentRow.value] ?? "";
  const go = (name: string) => {
    const row = rowOf(name.trim());
    if (row >= 0) show(row);
    else if (name.trim()) note(`There is no candidate ${name.trim()}.`);
  };
  return (
    <input
      id="go-to"
      class="go-to"
      type="text"
      size={6}
      value={shown}
      title={`Go to a candidate by its name (${keyOf("go.to")}), then Enter`}
      aria-label="Go to a candidate by its name"
      onFocus={(event) => event.currentTarget.select()}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== "Escape") return;
        if (event.key === "Enter") go(event.currentTarget.value);
        else event.currentTarget.value = shown;
        event.currentTarget.blur();
      }}
    />
  );
}
