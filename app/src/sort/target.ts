/** What is wanted of the labels, as `sightline sort` writes it: "balanced", "false-cells=5%", ... */

export interface TargetKind {
  readonly kind: string;
  readonly text: string;
  /** Share or probability to begin with, in percent; null where none is needed. */
  readonly usual: number | null;
}

export const TARGET_KINDS: readonly TargetKind[] = [
  { kind: "", text: "as the preset has it", usual: null },
  { kind: "balanced", text: "balanced: both errors weigh the same", usual: null },
  { kind: "as-annotator", text: "what I would most probably say", usual: null },
  { kind: "false-cells", text: "few false cells: at most", usual: 5 },
  { kind: "cells-kept", text: "lose few cells: keep at least", usual: 95 },
  { kind: "threshold", text: "a fixed threshold", usual: 65 },
];

export interface Target {
  readonly kind: TargetKind;
  /** In percent. */
  readonly value: number | null;
}

export function readTarget(text: string): Target {
  const [name, number = ""] = text.split("=");
  const kind = TARGET_KINDS.find((one) => one.kind === name) ?? (TARGET_KINDS[0] as TargetKind);
  if (kind.usual === null) return { kind, value: null };
  const parsed = number.endsWith("%") ? parseFloat(number) : 100 * parseFloat(number);
  return { kind, value: Number.isFinite(parsed) ? parsed : kind.usual };
}

export function writeTarget({ kind, value }: Target): string {
  return kind.usual === null ? kind.kind : `${kind.kind}=${value ?? kind.usual}%`;
}
