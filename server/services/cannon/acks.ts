import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../../log/logger.js';

/** A frame that waits to be acknowledged. */
interface Unacked {
  /** The notification's id; undefined of what is in no log. */
  readonly id: string | undefined;
  done: boolean;
}

/** The frames that a client has to acknowledge, in order. Tags start at 1. Source: backend-api 5.2. */
export class Acks {
  readonly #waiting = new Map<number, Unacked>();
  #lastTag = 0;

  /** How many frames were not acknowledged. */
  get count(): number {
    return this.#waiting.size;
  }

  /** The tag of a new frame. */
  add(id: string | undefined): number {
    this.#lastTag += 1;
    this.#waiting.set(this.#lastTag, { id, done: false });
    return this.#lastTag;
  }

  /**
   * The client acknowledges a frame, or with `multiple` all up to it. Unknown tags change nothing.
   *
   * @returns the newest id up to which everything is acknowledged, where that moved.
   */
  ack(tag: number, multiple: boolean): string | undefined {
    for (const [known, unacked] of this.#waiting) {
      if (known > tag) break;
      if (multiple || known === tag) unacked.done = true;
    }
    let newest: string | undefined;
    for (const [known, { id, done }] of this.#waiting) {
      if (!done) break;
      newest = id ?? newest;
      this.#waiting.delete(known);
    }
    return newest;
  }
}

export interface AckKeeperOptions {
  readonly keep: (id: string) => Promise<void>;
  readonly log: Logger;
}

const retryMs = 1_000;
/** After so many the client gets what it acknowledged again. */
const attempts = 30;

/** Keeps how far a client acknowledged: one write at a time, always of the newest. */
export class AckKeeper {
  readonly #options: AckKeeperOptions;
  #next: string | undefined;
  #busy = false;

  constructor(options: AckKeeperOptions) {
    this.#options = options;
  }

  /** Everything up to the id is acknowledged. */
  keep(id: string): void {
    this.#next = id;
    if (!this.#busy) void this.#write();
  }

  async #write(): Promise<void> {
    this.#busy = true;
    for (let failed = 0; this.#next !== undefined && failed < attempts;) {
      const id = this.#next;
      try {
        await this.#options.keep(id);
        if (this.#next === id) this.#next = undefined;
        failed = 0;
      } catch (error) {
        failed += 1;
        this.#options.log.debug({ err: error }, 'could not keep what was acknowledged');
        await pause(retryMs, undefined, { ref: false });
      }
    }
    this.#busy = false;
  }
}
