import { createHash, randomInt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { conditional, select } from '../../stores/cassandra/statement.js';
import { emailKey } from './accounts.js';

/** A code may be tried so often. Source: backend-api 3.2. */
const triesPerCode = 3;

const codeRow = z.object({
  email: z.string(),
  code: z.string(),
  tries: z.int(),
  ttl: z.int().nullable(),
});
const triesRow = z.object({ tries: z.int().nullable().optional() });

const statements = {
  read: select(
    'SELECT email, code, tries, TTL(code) AS ttl FROM one_time_code WHERE key = ?',
    codeRow,
    'localSerial',
  ),
  put: conditional(
    'UPDATE one_time_code USING TTL ? SET email = ?, code = ?, tries = ? WHERE key = ? IF code != ?',
    triesRow,
  ),
  spend: conditional(
    'UPDATE one_time_code USING TTL ? SET tries = ? WHERE key = ? IF tries = ?',
    triesRow,
  ),
};

/** Six-digit codes that prove that someone reads an address. */
export class Codes {
  readonly #cassandra: Cassandra;
  readonly #ttlSeconds: number;

  constructor(cassandra: Cassandra, ttlSeconds: number) {
    this.#cassandra = cassandra;
    this.#ttlSeconds = ttlSeconds;
  }

  /** The code of an address: the one it has while that can be tried, else a new one. */
  async issue(email: string): Promise<{ key: string; code: string }> {
    const key = codeKey(email);
    const current = await this.#cassandra.one(statements.read, [key]);
    if (current !== undefined && current.tries > 0) return { key, code: current.code };
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    const values = [this.#ttlSeconds, email, code, triesPerCode, key, code];
    await this.#cassandra.decide(statements.put, values);
    // Whoever issued one at the same moment has the same right to it.
    return { key, code: (await this.peek(email)) ?? code };
  }

  /** The code of an address, if it has one. */
  async peek(email: string): Promise<string | undefined> {
    return (await this.#cassandra.one(statements.read, [codeKey(email)]))?.code;
  }

  /** The address that the code of this key proves; undefined where it does not. Counts as a try. */
  async redeem(key: string, code: string): Promise<string | undefined> {
    for (;;) {
      const row = await this.#cassandra.one(statements.read, [key]);
      if (row === undefined || row.tries <= 0) return undefined;
      const values = [row.ttl ?? this.#ttlSeconds, row.tries - 1, key, row.tries];
      const { applied } = await this.#cassandra.decide(statements.spend, values);
      if (!applied) continue;
      const [expected, got] = [Buffer.from(row.code), Buffer.from(code)];
      const isRight = expected.length === got.length && timingSafeEqual(expected, got);
      return isRight ? row.email : undefined;
    }
  }
}

/** Names an address in links and in the store. */
export function codeKey(email: string): string {
  return createHash('sha256').update(emailKey(email)).digest('base64url');
}
