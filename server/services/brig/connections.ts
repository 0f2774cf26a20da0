import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { timeColumn, uuidColumn } from '../../stores/cassandra/columns.js';
import { conditional, select } from '../../stores/cassandra/statement.js';
import { connectionStatuses, type ConnectionStatus } from './connection-status.js';

const connectionRow = z.object({
  other: uuidColumn,
  status: z.enum(connectionStatuses),
  conversation: uuidColumn,
  last_update: timeColumn,
});

/** One user's side of a connection; times in milliseconds since 1970. */
export type Connection = z.output<typeof connectionRow>;

const columns = 'other, status, conversation, last_update';
const unread = z.unknown();

const statements = {
  side: select(
    `SELECT ${columns} FROM connection WHERE user = ? AND other = ?`,
    connectionRow,
    'localSerial',
  ),
  all: select(`SELECT ${columns} FROM connection WHERE user = ?`, connectionRow),
  after: select(
    `SELECT ${columns} FROM connection WHERE user = ? AND other > ? LIMIT ?`,
    connectionRow,
  ),
  insert: conditional(
    'INSERT INTO connection (user, other, status, conversation, last_update) VALUES (?, ?, ?, ?, ?) IF NOT EXISTS',
    unread,
  ),
  change: conditional(
    'UPDATE connection SET status = ?, last_update = ? WHERE user = ? AND other = ? IF status = ?',
    unread,
  ),
};

/** One side, by its user and the other. */
export interface Side {
  readonly user: string;
  readonly other: string;
}

/** How users stand to each other: one row for each side. */
export class Connections {
  readonly #cassandra: Cassandra;
  readonly #clock: Clock;

  constructor(cassandra: Cassandra, clock: Clock) {
    this.#cassandra = cassandra;
    this.#clock = clock;
  }

  side({ user, other }: Side): Promise<Connection | undefined> {
    return this.#cassandra.one(statements.side, [user, other]);
  }

  all(user: string): Promise<Connection[]> {
    return this.#cassandra.all(statements.all, [user]);
  }

  /** Users whom a user is connected with: both accepted, or this one did and has not blocked. */
  async contacts(user: string): Promise<string[]> {
    const all = await this.all(user);
    return all.filter(({ status }) => status === 'accepted').map(({ other }) => other);
  }

  /** So many at most, behind the one with that user. */
  after(user: string, other: string, size: number): Promise<Connection[]> {
    return this.#cassandra.all(statements.after, [user, other, size]);
  }

  /** Makes a side. False where it was there. */
  async insert({ user, other }: Side, status: ConnectionStatus, conversation: string) {
    const values = [user, other, status, conversation, this.#now()];
    return (await this.#cassandra.decide(statements.insert, values)).applied;
  }

  /** Changes a side that stands as said. False where it does not. */
  async change({ user, other }: Side, from: ConnectionStatus, to: ConnectionStatus) {
    const values = [to, this.#now(), user, other, from];
    return (await this.#cassandra.decide(statements.change, values)).applied;
  }

  #now(): Date {
    return new Date(this.#clock.nowMs());
  }
}
