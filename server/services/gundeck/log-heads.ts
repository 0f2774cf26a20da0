import { z } from 'zod';
import { isAfter, startOfTime } from '../../api/time-uuid.js';
import { uuidColumn } from '../../stores/cassandra/columns.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { conditional, select } from '../../stores/cassandra/statement.js';

/** What stands before a user's notifications. */
export interface LogHead {
  /** The newest id, or {@link startOfTime}. */
  readonly last: string;
  /** From where on a client's notifications are in its queue, by client. */
  readonly queues: ReadonlyMap<string, string>;
}

// From the newest row: what has ended is at the other end.
const headStatement = select(
  'SELECT id, last, queues FROM notification WHERE user = ? ORDER BY id DESC LIMIT 1',
  z.object({
    id: uuidColumn.nullable(),
    last: uuidColumn.nullable(),
    queues: z
      .record(z.string(), uuidColumn)
      .nullable()
      .transform((queues) => queues ?? {}),
  }),
);

const startStatement = conditional(
  'UPDATE notification SET queues[?] = ? WHERE user = ? IF queues[?] = null',
  z.unknown(),
);

const endStatement = conditional(
  'UPDATE notification SET queues[?] = null WHERE user = ? IF queues[?] != null',
  z.unknown(),
);

/** What stands before the notifications of each user. */
export class LogHeads {
  readonly #cassandra: Cassandra;

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  /** What every acknowledged write left. */
  async read(user: string): Promise<LogHead> {
    const row = await this.#cassandra.one(headStatement, [user]);
    const [last, id] = [row?.last ?? startOfTime, row?.id ?? startOfTime];
    return {
      // A write that came late may have set back the one, but not the other.
      last: isAfter(id, last) ? id : last,
      queues: new Map(Object.entries(row?.queues ?? {})),
    };
  }

  /** From the newest notification on, the client has a queue; one that it has stays. */
  async startQueue(user: string, client: string): Promise<void> {
    const { last, queues } = await this.read(user);
    if (queues.has(client)) return;
    await this.#cassandra.decide(startStatement, [client, last, user, client]);
  }

  /** The client has no queue any more. */
  async endQueue(user: string, client: string): Promise<void> {
    await this.#cassandra.decide(endStatement, [client, user, client]);
  }
}
