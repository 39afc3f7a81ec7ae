/** Routes of reviewing, auditing, accepting and starting from an earlier classifier. */

import { getJson, postJson } from "./http";
import type { SessionState } from "./types";

export interface Said {
  readonly annotator: string;
  /** A class, "unsure" or "skip"; empty where there is a note only. */
  readonly verdict: string;
  readonly note: string;
}

export interface Disagreement {
  readonly row: number;
  readonly said: readonly Said[];
  readonly machine: { readonly verdict: string; readonly probability: number } | null;
  /** The class that most annotators gave; null where they tie. */
  readonly majority: string | null;
  readonly strength: number;
}

export interface Review {
  /** The strongest disagreement first. */
  readonly rows: readonly Disagreement[];
  /** How many there are, also where fewer are listed. */
  readonly found: number;
  /** How many more there are among candidates that the annotator has not judged. */
  readonly hidden: number;
  readonly annotators: readonly string[];
  /** Consistency of one annotator alone, with 95 % bounds. */
  readonly reliability: (Estimate & { readonly candidates: number }) | null;
}

export type Among = "annotators" | "machine";

export const getReview = (annotator: string, among: Among, undecided: boolean) =>
  getJson<Review>("review", { annotator, with: among, undecided: undecided ? 1 : undefined });

export interface Estimate {
  readonly value: number | null;
  readonly low: number;
  readonly high: number;
}

/** An audit of the project: how far this annotator has come in it, or why it cannot be used. */
export interface AuditProgress {
  readonly name: string;
  readonly trouble?: string;
  /** Whose labels it measures. */
  readonly of: string;
  readonly accepted: boolean;
  readonly drawn: number;
  readonly said: number;
}

export interface Audits {
  readonly audits: readonly AuditProgress[];
  /** The annotator's median; null before there are enough answers. */
  readonly seconds_per_answer: number | null;
  /** Labels that are the machine's. */
  readonly to_audit: number;
  /** Of these, how many have a prediction that the annotator has seen. */
  readonly seen: number;
}

export interface AuditSheet {
  readonly name: string;
  readonly of: string;
  readonly questions: readonly { readonly row: number; readonly said: string | null }[];
}

export interface AuditReport extends AuditProgress {
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly false_positive_rate: Estimate;
  readonly cells: Estimate;
  readonly answered: number;
  readonly unsure: number;
  readonly probes: number;
  readonly not_blind: number;
}

export const getAudits = (annotator: string) => getJson<Audits>("audits", { annotator });

export const getAudit = (annotator: string, name: string) =>
  getJson<AuditSheet>(`audits/${name}`, { annotator });

export const getAuditReport = (annotator: string, name: string) =>
  getJson<AuditReport>(`audits/${name}/report`, { annotator });

/** Draw an audit of somebody's labels. */
export const postAudit = (annotator: string, questions: number, of: string) =>
  postJson<AuditSheet>("audits", { annotator, questions, of });

/** A classifier or an earlier project that lies in or beside the project. */
export interface Earlier {
  readonly name: string;
  /** Of the annotator there; null of a classifier. */
  readonly answers: number | null;
}

export async function getEarlier(): Promise<readonly Earlier[]> {
  return (await getJson<{ earlier: Earlier[] }>("earlier")).earlier;
}

export const postEarlier = (annotator: string, name: string) =>
  postJson<SessionState>("earlier", { annotator, name });
