/** Signals that survive a reload: preferences of this browser, never the project's data. */

import { effect, signal, type Signal } from "@preact/signals";

const PREFIX = "sightline.";

/** A signal kept in local storage; what is kept there and not of the fallback's type is dropped. */
export function stored<Value>(key: string, fallback: Value): Signal<Value> {
  const kept = signal(read(key, fallback));
  let first = true;
  effect(() => {
    const text = JSON.stringify(kept.value);
    if (first) first = false;
    else write(key, text);
  });
  return kept;
}

function read<Value>(key: string, fallback: Value): Value {
  try {
    const text = localStorage.getItem(PREFIX + key);
    if (text === null) return fallback;
    const value: unknown = JSON.parse(text);
    if (!sameKind(value, fallback)) return fallback;
    return isRecord(fallback) ? { ...fallback, ...(value as object) } : (value as Value);
  } catch {
    return fallback;
  }
}

function write(key: string, text: string): void {
  try {
    localStorage.setItem(PREFIX + key, text);
  } catch {
    // A browser that keeps nothing still sorts.
  }
}

function sameKind(value: unknown, fallback: unknown): boolean {
  if (Array.isArray(fallback)) return Array.isArray(value);
  return isRecord(fallback) ? isRecord(value) : typeof value === typeof fallback;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
