import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { bigintColumn, optionalTextColumn, timeColumn } from '../../stores/cassandra/columns.js';
import { select, write } from '../../stores/cassandra/statement.js';

const cookieRow = z.object({
  id: bigintColumn,
  type: z.enum(['persistent', 'session']),
  label: optionalTextColumn,
  client: optionalTextColumn,
  created_at: timeColumn,
  expires_at: timeColumn,
  successor: bigintColumn.nullable().transform((id) => id ?? undefined),
});

/** A session of a user; times in milliseconds since 1970. */
export type Cookie = z.output<typeof cookieRow>;

export type CookieType = Cookie['type'];

const columns = 'id, type, label, client, created_at, expires_at, successor';
const statements = {
  list: select(`SELECT ${columns} FROM cookie WHERE user = ?`, cookieRow),
  byId: select(`SELECT ${columns} FROM cookie WHERE user = ? AND id = ?`, cookieRow),
  insert: write(
    `INSERT INTO cookie (user, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) USING TTL ?`,
  ),
  remove: write('DELETE FROM cookie WHERE user = ? AND id = ?'),
};

export interface NewCookie {
  readonly user: string;
  readonly type: CookieType;
  readonly lifeSeconds: number;
  readonly label?: string | undefined;
  readonly client?: string | undefined;
}

/** The cookies of users: what is not here is not believed, however well it is signed. */
export class Cookies {
  readonly #cassandra: Cassandra;
  readonly #clock: Clock;

  constructor(cassandra: Cassandra, clock: Clock) {
    this.#cassandra = cassandra;
    this.#clock = clock;
  }

  /** Those that have not ended. */
  async list(user: string): Promise<Cookie[]> {
    const now = this.#clock.nowMs();
    const cookies = await this.#cassandra.all(statements.list, [user]);
    return cookies.filter((cookie) => cookie.expires_at > now);
  }

  byId(user: string, id: bigint): Promise<Cookie | undefined> {
    return this.#cassandra.one(statements.byId, [user, id]);
  }

  /** Stores a new one under a random id. */
  async add({ user, type, lifeSeconds, label, client }: NewCookie): Promise<Cookie> {
    const now = this.#clock.nowMs();
    const cookie: Cookie = {
      id: BigInt(randomBytes(4).readUInt32BE()),
      type,
      label,
      client,
      created_at: now,
      expires_at: now + lifeSeconds * 1000,
      successor: undefined,
    };
    await this.#put(user, cookie, lifeSeconds);
    return cookie;
  }

  /** Keeps a cookie that has a successor for so long, for clients that have not got that one. */
  supersede(user: string, cookie: Cookie, more: Superseding): Promise<void> {
    const leftSeconds = Math.ceil((cookie.expires_at - this.#clock.nowMs()) / 1000);
    const keptSeconds = Math.max(1, Math.min(more.keptSeconds, leftSeconds));
    return this.#put(user, { ...cookie, successor: more.successor }, keptSeconds);
  }

  async remove(user: string, ids: readonly bigint[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#cassandra.write(statements.remove, [user, id])));
  }

  /** Removes those that are meant. */
  async removeWhere(user: string, isMeant: (cookie: Cookie) => boolean): Promise<void> {
    const cookies = await this.list(user);
    await this.remove(
      user,
      cookies.filter(isMeant).map(({ id }) => id),
    );
  }

  #put(user: string, cookie: Cookie, ttlSeconds: number): Promise<void> {
    const { id, type, label, client, created_at, expires_at, successor } = cookie;
    const times = [new Date(created_at), new Date(expires_at)];
    const values = [user, id, type, label ?? null, client ?? null, ...times, successor ?? null];
    return this.#cassandra.write(statements.insert, [...values, ttlSeconds]);
  }
}

export interface Superseding {
  readonly successor: bigint;
  readonly keptSeconds: number;
}
