/** How long ago something was, in words. */

const STEPS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [60, "second"],
  [60, "minute"],
  [24, "hour"],
  [7, "day"],
  [52, "week"],
  [Infinity, "year"],
];

const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

export function agoOf(then: Date, now: Date): string {
  let amount = Math.max(0, (now.getTime() - then.getTime()) / 1000);
  for (const [size, unit] of STEPS) {
    if (amount < size) return unit === "second" ? "just now" : words.format(-Math.floor(amount), unit);
    amount /= size;
  }
  return "long ago";
}
