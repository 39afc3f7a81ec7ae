/** How far the annotator agrees with himself, and whether he changes: of nobody else. */

import { useEffect } from "preact/hooks";
import type { AnswerBlock } from "../../api/practice";
import { Sparkline } from "../../frame/views/sparkline";
import { agreement, fetchAgreement } from "../state/agreement";
import { acceptClass, classes } from "../state/project";
import { session } from "../state/session";

export function OwnAgreement() {
  const version = session.value?.version;
  useEffect(() => void fetchAgreement(), [version]);
  const found = agreement.value;
  if (!found?.blocks.length) return null;
  return (
    <>
      <h3>You with yourself</h3>
      <dl class="lines">
        <Line name={`said ${classes.value[acceptClass.value]}`} blocks={found.blocks} value={({ accepted }) => accepted} show={percent} most={1} hint={ACCEPTED} />
        <Line name="time an answer" blocks={found.blocks} value={({ seconds }) => seconds} show={inSeconds} hint={SECONDS} />
        <Line name="same as before" blocks={found.blocks} value={agreed} show={percent} most={1} hint={AGREED} />
      </dl>
      <p class="hint">{found.words}</p>
    </>
  );
}

const ACCEPTED =
  "Share of your answers that accept, by stretches of answers. It changes with the questions, too: they are chosen";
const SECONDS = "Median time from seeing a candidate to answering, by stretches of answers";
const AGREED = "Of questions asked again unannounced, the share that you answered as before";

interface LineProps {
  readonly name: string;
  readonly hint: string;
  readonly blocks: readonly AnswerBlock[];
  readonly value: (block: AnswerBlock) => number | null;
  readonly show: (value: number) => string;
  /** The scale's end; the largest value, if not given. */
  readonly most?: number;
}

function Line({ name, hint, blocks, value, show, most }: LineProps) {
  const values = blocks.map(value);
  const known = values.filter((one) => one !== null);
  const last = known.at(-1);
  if (last === undefined) return null;
  const points = blocks.map((block, index) => {
    const here = values[index] ?? null;
    return { value: here, words: `Answers ${block.first} to ${block.last}: ${here === null ? "none" : show(here)}` };
  });
  return (
    <div title={hint}>
      <dt>{name}</dt>
      <Sparkline
        points={points}
        least={0}
        most={most ?? Math.max(...known)}
        label={`${name}: ${points.map(({ words }) => words).join("; ")}`}
      />
      <dd>{show(last)}</dd>
    </div>
  );
}

function agreed({ repeats, agreed: same }: AnswerBlock): number | null {
  return repeats ? same / repeats : null;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(1)} s`;
}
