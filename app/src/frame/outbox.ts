/**
 * What the user did and the server has not yet acknowledged, in order.
 *
 * Each act carries a client id, so that sending it twice counts once. Acts are kept in the browser's
 * storage until they are acknowledged: closing the page or losing the server loses none.
 */

import { computed, signal } from "@preact/signals";
import { RequestError } from "../api/http";

const WAITS_MS = [250, 500, 1000, 2000, 4000];

export interface Act {
  readonly route: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly client_id: string };
}

export interface OutboxPorts {
  readonly send: (act: Act) => Promise<unknown>;
  readonly acknowledged: (act: Act, answer: unknown) => void;
  readonly refused: (act: Act, error: Error) => void;
  readonly keep: (acts: readonly Act[]) => void;
  readonly wait: (milliseconds: number) => Promise<void>;
}

export class Outbox {
  readonly #pending = signal<readonly Act[]>([]);
  readonly #trouble = signal<string | null>(null);
  readonly #ports: OutboxPorts;
  #sending = false;
  #wake: () => void = () => {};

  constructor(ports: OutboxPorts) {
    this.#ports = ports;
  }

  /** Acts that are not acknowledged yet, oldest first. */
  readonly pending = computed(() => this.#pending.value);

  /** Why the oldest act has not gone through yet, if it was tried in vain. */
  readonly trouble = computed(() => this.#trouble.value);

  add(...acts: readonly Act[]): void {
    this.#set([...this.#pending.value, ...acts]);
    void this.#sendAll();
  }

  /** Try again now rather than after the wait. */
  retry(): void {
    this.#wake();
  }

  async #sendAll(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    let failures = 0;
    for (let act = this.#pending.value[0]; act; act = this.#pending.value[0]) {
      const done = await this.#sendOne(act);
      failures = done ? 0 : failures + 1;
      if (!done) await this.#pause(WAITS_MS[Math.min(failures, WAITS_MS.length) - 1] ?? 0);
    }
    this.#sending = false;
  }

  /** Whether the act has left the outbox, acknowledged or refused for good. */
  async #sendOne(act: Act): Promise<boolean> {
    try {
      const answer = await this.#ports.send(act);
      this.#drop(act);
      this.#ports.acknowledged(act, answer);
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      if (mayPass(reason)) {
        this.#trouble.value = reason.message;
        return false;
      }
      this.#drop(act);
      this.#ports.refused(act, reason);
      return true;
    }
  }

  #drop(act: Act): void {
    this.#trouble.value = null;
    this.#set(this.#pending.value.filter((one) => one !== act));
  }

  #set(acts: readonly Act[]): void {
    this.#pending.value = acts;
    this.#ports.keep(acts);
  }

  async #pause(milliseconds: number): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wake = resolve));
    await Promise.race([this.#ports.wait(milliseconds), woken]);
  }
}

/** Refusals of the token may pass too: a new link brings a new one, and the acts are still here. */
function mayPass(error: Error): boolean {
  if (!(error instanceof RequestError)) return false;
  return error.passing || error.status === 401 || error.status === 403 || error.status === 429;
}
