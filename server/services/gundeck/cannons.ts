import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { select, write } from '../../stores/cassandra/statement.js';
import { presenceSeconds } from './presences.js';

const tellStatement = write(
  `INSERT INTO cannon (kind, url, told_at) VALUES ('cannon', ?, ?) USING TTL ${String(presenceSeconds)}`,
);
const allStatement = select(
  `SELECT url FROM cannon WHERE kind = 'cannon'`,
  z.object({ url: z.string() }),
);

/** How long the list is taken from memory. */
const freshMs = 1_000;

/** Which cannons there are. They are in Cassandra, because they are needed when Redis is away. */
export class Cannons {
  readonly #cassandra: Cassandra;
  readonly #clock: Clock;
  #urls: readonly string[] = [];
  #readAtMs = Number.NEGATIVE_INFINITY;

  constructor(cassandra: Cassandra, clock: Clock) {
    this.#cassandra = cassandra;
    this.#clock = clock;
  }

  /** Keeps that a cannon is there, for as long as its presences. */
  async tell(url: string): Promise<void> {
    const now = new Date(this.#clock.nowMs());
    await this.#cassandra.write(tellStatement, [url, now]);
  }

  /** Every cannon that told of itself lately. */
  async all(): Promise<readonly string[]> {
    const nowMs = performance.now();
    if (nowMs - this.#readAtMs < freshMs) return this.#urls;
    const rows = await this.#cassandra.all(allStatement, []);
    this.#urls = rows.map(({ url }) => url);
    this.#readAtMs = nowMs;
    return this.#urls;
  }
}
