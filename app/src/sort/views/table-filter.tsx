/** Which candidates the table lists. */

import { Choice } from "../../frame/views/choice";
import { filter } from "../state/order";
import { SKIPPED, UNDECIDED, UNSURE, wordOf } from "../state/labels";
import { classes, project } from "../state/project";

export function TableFilter() {
  const now = filter.value;
  const decisions = [UNDECIDED, ...classes.value.map((_, index) => index), UNSURE, SKIPPED];
  return (
    <div class="table-filter" role="search">
      <input
        type="search"
        placeholder="name"
        title="List candidates whose name holds this"
        aria-label="Name holds"
        value={now.text}
        onInput={(event) => (filter.value = { ...now, text: event.currentTarget.value })}
      />
      <Choice
        bare
        label="Decision"
        hint="List candidates with this decision"
        value={now.decisions ? String(now.decisions[0]) : ""}
        options={[
          { value: "", text: "all" },
          ...decisions.map((value) => ({ value: String(value), text: wordOf(value) })),
        ]}
        change={(value) => (filter.value = { ...now, decisions: value ? [Number(value)] : null })}
      />
      <Choice
        bare
        label="Limit a column"
        hint="List candidates whose value lies between two numbers"
        value={now.column}
        options={[
          { value: "", text: "any value" },
          { value: "probability", text: "probability" },
          ...(project.value?.features ?? []).map((value) => ({ value, text: value })),
        ]}
        change={(column) => (filter.value = { ...now, column })}
      />
      {now.column && (
        <span class="limits">
          <Limit label="at least" value={now.least} change={(least) => (filter.value = { ...now, least })} />
          <Limit label="at most" value={now.most} change={(most) => (filter.value = { ...now, most })} />
        </span>
      )}
    </div>
  );
}

interface LimitProps {
  readonly label: string;
  readonly value: number | null;
  readonly change: (value: number | null) => void;
}

function Limit({ label, value, change }: LimitProps) {
  return (
    <input
      type="number"
      step="any"
      placeholder={label}
      aria-label={label}
      title={`${label[0]?.toUpperCase()}${label.slice(1)} this`}
      value={value ?? ""}
      onInput={(event) => {
        const { value: text, valueAsNumber } = event.currentTarget;
        change(text === "" || !Number.isFinite(valueAsNumber) ? null : valueAsNumber);
      }}
    />
  );
}
