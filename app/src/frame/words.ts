/** Numbers in words. */

export function plural(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
