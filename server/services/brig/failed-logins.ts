import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { newTimeUuid, timeColumn } from '../../stores/cassandra/columns.js';
import { select, write } from '../../stores/cassandra/statement.js';

const statements = {
  list: select(
    'SELECT toTimestamp(at) AS at FROM failed_login WHERE subject = ?',
    z.object({ at: timeColumn }),
  ),
  add: write('INSERT INTO failed_login (subject, at) VALUES (?, ?) USING TTL ?'),
  clear: write('DELETE FROM failed_login WHERE subject = ?'),
};

export interface FailureLimit {
  readonly failures: number;
  readonly windowSeconds: number;
}

/** Remembers wrong passwords, so that nobody tries many of them. */
export class FailedLogins {
  readonly #cassandra: Cassandra;
  readonly #clock: Clock;
  readonly #limit: FailureLimit;

  constructor(cassandra: Cassandra, clock: Clock, limit: FailureLimit) {
    this.#cassandra = cassandra;
    this.#clock = clock;
    this.#limit = limit;
  }

  /** Seconds until the next try may be made; 0 where it may be made now. */
  async waitSeconds(subject: string): Promise<number> {
    const { failures, windowSeconds } = this.#limit;
    const since = this.#clock.nowMs() - windowSeconds * 1000;
    const recent = (await this.#cassandra.all(statements.list, [subject]))
      .map(({ at }) => at)
      .filter((at) => at > since);
    if (recent.length < failures) return 0;
    return Math.max(1, Math.ceil((Math.min(...recent) - since) / 1000));
  }

  async add(subject: string): Promise<void> {
    const at = newTimeUuid(this.#clock.nowMs());
    await this.#cassandra.write(statements.add, [subject, at, this.#limit.windowSeconds]);
  }

  async clear(subject: string): Promise<void> {
    await this.#cassandra.write(statements.clear, [subject]);
  }
}
