/** Agreement with oneself, and practice on known answers. */

import { getJson, postJson } from "./http";

export interface AnswerBlock {
  /** Which answers, counted from 1, both inclusive. */
  readonly first: number;
  readonly last: number;
  /** Share that accepts; null where it is not known. */
  readonly accepted: number | null;
  /** Median time of an answer. */
  readonly seconds: number | null;
  readonly repeats: number;
  readonly agreed: number;
}

export interface OwnAgreement {
  readonly repeats: number;
  readonly agreement: {
    readonly pairs: number;
    readonly share: { readonly value: number | null; readonly low: number; readonly high: number };
    readonly kappa: number | null;
  };
  readonly blocks: readonly AnswerBlock[];
  readonly words: string;
}

export interface PracticeSource {
  readonly annotator: string;
  /** Candidates to practise on, by class. */
  readonly counts: Readonly<Record<string, number>>;
}

export interface PracticeRun {
  readonly client_id: string;
  readonly finished_utc: string;
  readonly source: string;
  readonly seed: number;
  readonly asked: number;
  readonly right: number;
  readonly classes: Readonly<Record<string, { readonly asked: number; readonly right: number }>>;
}

export interface Practice {
  readonly sources: readonly PracticeSource[];
  /** Oldest first. */
  readonly runs: readonly PracticeRun[];
}

export const getAgreement = (annotator: string) => getJson<OwnAgreement>("agreement", { annotator });

export const getPractice = (annotator: string) => getJson<Practice>("practice", { annotator });

export async function postPractice(
  annotator: string,
  source: string,
  number: number,
  seed: number,
): Promise<readonly number[]> {
  const said = { annotator, source, number, seed };
  return (await postJson<{ rows: number[] }>("practice", said)).rows;
}

/** The known answer; the candidate's next decision is then not blind. */
export async function postPracticeAnswer(annotator: string, source: string, row: number): Promise<string> {
  return (await postJson<{ known: string }>("practice/answer", { annotator, source, row })).known;
}

export interface FinishedPractice {
  readonly client_id: string;
  readonly source: string;
  readonly seed: number;
  readonly answers: readonly { readonly row: number; readonly verdict: string }[];
}

export const postPracticeFinish = (annotator: string, run: FinishedPractice) =>
  postJson<{ run: PracticeRun; runs: PracticeRun[] }>("practice/finish", { annotator, ...run });
