/** Why a question was chosen, in the few words that a list has room for. */

/** The first number in each pair of brackets, with its name; the whole reason, if there is none. */
export function shortReason(reason: string): string {
  const numbers = [...reason.matchAll(/\(([^()]*\d[^()]*)\)/g)].map(([, inner = ""]) => inner.split(",")[0]);
  return numbers.length ? numbers.join(", ") : reason;
}
