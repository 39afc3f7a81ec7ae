/** Which candidates the table lists. */

import { keyOf } from "../../frame/actions";
import { Choice } from "../../frame/views/choice";
import type { Filter } from "../ordering";
import { filter } from "../state/order";
import { SKIPPED, UNDECIDED, UNSURE, wordOf } from "../state/labels";
import { classes, project, recordingOptions } from "../state/project";

export function TableFilter() {
  const now = filter.value;
  const decisions = [UNDECIDED, ...classes.value.map((_, index) => index), UNSURE, SKIPPED];
  return (
    <div class="table-filter" role="search">
      <input
        id="table-filter"
        type="search"
        placeholder="name"
        title={`List candidates whose name holds this (${keyOf("table.filter")})`}
        aria-label="Name holds"
        value={now.text}
        onInput={(event) => (filter.value = { ...now, text: event.currentTarget.value })}
      />
      <Choice
        bare
        label="Decision"
        hint="List candidates with this decision, or with a note"
        value={now.noted ? NOTED : now.decisions ? String(now.decisions[0]) : ""}
        options={[
          { value: "", text: "all" },
          ...decisions.map((value) => ({ value: String(value), text: wordOf(value) })),
          { value: NOTED, text: "with a note" },
        ]}
        change={(value) => (filter.value = { ...now, ...chosen(value) })}
      />
      <RecordingFilter />
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

const NOTED = "noted";

function chosen(value: string): Pick<Filter, "decisions" | "noted"> {
  const noted = value === NOTED;
  return { noted, decisions: value && !noted ? [Number(value)] : null };
}

function RecordingFilter() {
  if (recordingOptions.value.length < 2) return null;
  return (
    <Choice
      bare
      label="Recording"
      hint="List candidates of this recording"
      value={String(filter.value.recording ?? "")}
      options={[
        { value: "", text: "all recordings" },
        ...recordingOptions.value,
      ]}
      change={(value) => (filter.value = { ...filter.value, recording: value ? Number(value) : null })}
    />
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
