/** What an audit found, in words and as a small picture. */

import type { AuditReport, Estimate } from "../../api/checks";
import { plural } from "../../frame/words";
import { candidateCount } from "../state/project";

export function AuditReportView({ report }: { readonly report: AuditReport }) {
  const { name, precision, recall, false_positive_rate, cells } = report;
  const most = Math.max(candidateCount.value, 1);
  return (
    <section class="report" aria-label={`What ${name} says`}>
      <h3>What {name} says</h3>
      <Line name="precision" hint="Share of true cells among those labelled cells" estimate={precision} most={1} />
      <Line name="recall" hint="Share of the true cells that are labelled cells" estimate={recall} most={1} />
      <Line name="false positives" hint="Share of those labelled cells among what is none" estimate={false_positive_rate} most={1} />
      <Line name="cells" hint="Number of true cells among all candidates" estimate={cells} most={most} />
      <p>
        Of what is labelled a cell, {percent(precision.value)} are cells: between {percent(precision.low)} and{" "}
        {percent(precision.high)}. Of all cells, {percent(recall.value)} are labelled so: between {percent(recall.low)} and{" "}
        {percent(recall.high)}. There are between {Math.floor(cells.low)} and {Math.ceil(cells.high)} cells.
      </p>
      <p class="hint">{basisText(report)}</p>
    </section>
  );
}

function basisText({ answered, unsure, probes, not_blind, drawn, said }: AuditReport): string {
  const parts = [`The bounds hold with 95 % confidence; they rest on ${plural(answered, "answer")}`];
  if (probes) parts.push(` and ${plural(probes, "answer")} to random questions from before`);
  parts.push(".");
  if (unsure) parts.push(` ${plural(unsure, "answer")} unsure: left out.`);
  if (not_blind) parts.push(` ${plural(not_blind, "answer")} not blind: the prediction had been seen before.`);
  if (said < drawn) parts.push(` ${plural(drawn - said, "question")} left; more answers make the bounds narrower.`);
  return parts.join("");
}

interface LineProps {
  readonly name: string;
  readonly hint: string;
  readonly estimate: Estimate;
  /** The right end of the picture. */
  readonly most: number;
}

/** The estimate as a dot in its bounds. */
function Line({ name, hint, estimate, most }: LineProps) {
  const { value, low, high } = estimate;
  const show = (number: number) => (most === 1 ? percent(number) : String(Math.round(number)));
  const at = (number: number) => (100 * Math.min(Math.max(number / most, 0), 1)).toFixed(2);
  const text = `${value === null ? "unknown" : show(value)}, ${show(low)} to ${show(high)}`;
  return (
    <div class="estimate" title={`${hint}: ${text}`}>
      <span>{name}</span>
      <span class="number">{value === null ? "unknown" : show(value)}</span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={text}>
        <path class="whole" d="M0 4h100" />
        <path class="bounds" d={`M${at(low)} 4H${at(high)}`} />
        {value !== null && <path class="value" d={`M${at(value)} 0v8`} />}
      </svg>
      <span class="hint number">
        {show(low)} to {show(high)}
      </span>
    </div>
  );
}

function percent(share: number | null): string {
  return share === null ? "an unknown share" : `${(100 * share).toFixed(share > 0.995 && share < 1 ? 1 : 0)} %`;
}
