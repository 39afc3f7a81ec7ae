/** A labelled list to choose from, and a box to tick. */

export interface Option {
  readonly value: string;
  readonly text: string;
}

interface ChoiceProps {
  readonly id?: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly change: (value: string) => void;
  /** Whether the label is only for screen readers. */
  readonly bare?: boolean;
}

export function Choice({ id, label, hint, value, options, change, bare = false }: ChoiceProps) {
  return (
    <label class="choice" title={hint}>
      <span class={bare ? "unseen" : undefined}>{label}</span>
      <select id={id} value={value} onChange={(event) => change(event.currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TickProps {
  readonly label: string;
  readonly hint: string;
  readonly on: boolean;
  readonly change: (on: boolean) => void;
}

export function Tick({ label, hint, on, change }: TickProps) {
  return (
    <label class="tick" title={hint}>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => change(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}
