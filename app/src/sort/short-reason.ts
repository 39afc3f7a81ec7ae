/** Why a question was chosen, in the few words that a list has room for. */

/** What a reason gives as numbers in brackets; all of it, if there are none. */
export function shortReason(reason: string): string {
  const numbers = [...reason.matchAll(/\(([^()]*\d[^()]*)\)/g)].map(([, inner]) => inner);
  return numbers.length ? numbers.join(", ") : reason;
}
