import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import type { Logger } from '../../log/logger.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { conditional, select } from '../../stores/cassandra/statement.js';

/** A lease that is not renewed ends after so long. */
const leaseSeconds = 6;
/**
 * Its holder counts on less: Cassandra counts in whole seconds, its nodes' clocks differ a little, and a write that is
 * under way takes its time.
 */
const trustedMs = 4_000;
const renewMs = 1_000;

const ownerRow = z.object({ owner: z.string().nullable() });
const takeStatement = conditional(
  `INSERT INTO lease (name, owner) VALUES ('writer', ?) IF NOT EXISTS USING TTL ${String(leaseSeconds)}`,
  ownerRow,
);
const renewStatement = conditional(
  `UPDATE lease USING TTL ${String(leaseSeconds)} SET owner = ? WHERE name = 'writer' IF owner = ?`,
  ownerRow,
);
const releaseStatement = conditional(
  `DELETE FROM lease WHERE name = 'writer' IF owner = ?`,
  ownerRow,
);
const ownerStatement = select(`SELECT owner FROM lease WHERE name = 'writer'`, ownerRow);

export interface LeaseOptions {
  readonly cassandra: Cassandra;
  /** Where other gundecks reach this one. */
  readonly url: string;
  readonly log: Logger;
  readonly ending: AbortSignal;
}

/** The right to write the logs: one gundeck has it, decided in Cassandra; when that one dies another takes it. */
export class Lease {
  readonly #options: LeaseOptions;
  /** A process that starts anew at the same address is another owner. */
  readonly #owner: string;
  #untilMs = Number.NEGATIVE_INFINITY;
  #term = 0;

  constructor(options: LeaseOptions) {
    this.#options = options;
    this.#owner = `${options.url}#${randomUUID()}`;
  }

  /** A number that stays the same while this gundeck has the lease without a break; undefined while it has it not. */
  get term(): number | undefined {
    return performance.now() < this.#untilMs ? this.#term : undefined;
  }

  /** Where the gundeck is that has the lease; undefined where none has. */
  async ownerUrl(): Promise<string | undefined> {
    const row = await this.#options.cassandra.one(ownerStatement, []);
    return row?.owner?.split('#')[0];
  }

  /** Takes the lease whenever it is free, and renews it, until the service ends. */
  async keep(): Promise<void> {
    const { ending, log } = this.#options;
    while (!ending.aborted) {
      try {
        await this.#takeOrRenew();
      } catch (error) {
        log.debug({ err: error }, 'no news of the lease');
      }
      await pause(renewMs, undefined, { signal: ending }).catch(() => undefined);
    }
  }

  /** Gives the lease back, so that another need not wait for its end. */
  async release(): Promise<void> {
    if (this.term === undefined) return;
    this.#untilMs = Number.NEGATIVE_INFINITY;
    try {
      await this.#options.cassandra.decide(releaseStatement, [this.#owner]);
    } catch (error) {
      this.#options.log.debug({ err: error }, 'the lease ends by itself');
    }
  }

  async #takeOrRenew(): Promise<void> {
    const { cassandra, log } = this.#options;
    const sinceMs = performance.now();
    if (this.term !== undefined) {
      const { applied } = await cassandra.decide(renewStatement, [this.#owner, this.#owner]);
      // Who got it back after a break may have missed what another wrote.
      const isUnbroken = performance.now() < this.#untilMs;
      if (applied && isUnbroken) this.#untilMs = sinceMs + trustedMs;
      else this.#untilMs = Number.NEGATIVE_INFINITY;
    } else if ((await this.ownerUrl()) === undefined) {
      const { applied } = await cassandra.decide(takeStatement, [this.#owner]);
      if (!applied) return;
      this.#term += 1;
      this.#untilMs = sinceMs + trustedMs;
      log.info('writes the logs from now on');
    }
  }
}
