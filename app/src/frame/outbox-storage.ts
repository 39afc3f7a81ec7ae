/** Unacknowledged acts in the browser's storage, one entry a tab so that tabs never mix. */

import type { Act } from "./outbox";

export interface ActStorage {
  readonly keep: (acts: readonly Act[]) => void;
  /** What this tab or a tab before it left behind; it is this tab's from now on. */
  readonly takeOver: () => readonly Act[];
}

export function actStorage(storage: Storage, owner: string, tab: string): ActStorage {
  const prefix = `sightline.outbox.${owner}.`;
  const mine = prefix + tab;
  return {
    keep: (acts) => {
      try {
        if (acts.length) storage.setItem(mine, JSON.stringify(acts));
        else storage.removeItem(mine);
      } catch {
        // Storage is full or forbidden: the acts are still in memory.
      }
    },
    takeOver: () => {
      const found: Act[] = [];
      for (const key of Object.keys(storage).filter((one) => one.startsWith(prefix))) {
        found.push(...parseActs(storage.getItem(key)));
        storage.removeItem(key);
      }
      return found;
    },
  };
}

function parseActs(text: string | null): readonly Act[] {
  try {
    const acts: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(acts) ? acts.filter(isAct) : [];
  } catch {
    return [];
  }
}

function isAct(value: unknown): value is Act {
  const act = value as Act | null;
  return typeof act?.route === "string" && typeof act.body?.client_id === "string";
}
