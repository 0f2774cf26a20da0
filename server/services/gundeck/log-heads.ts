import { z } from 'zod';
import { startOfTime } from '../../api/time-uuid.js';
import { Unavailable } from '../../http/api-error.js';
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

/** A row's answer to a condition on the head. */
export const lastRow = z.object({ last: uuidColumn.nullable() });

// From the newest row: what has ended is at the other end.
const headStatement = select(
  'SELECT last, queues FROM notification WHERE user = ? ORDER BY id DESC LIMIT 1',
  z.object({
    last: uuidColumn.nullable(),
    queues: z
      .record(z.string(), uuidColumn)
      .nullable()
      .transform((queues) => queues ?? {}),
  }),
);

const startStatement = conditional(
  'UPDATE notification SET queues[?] = ? WHERE user = ? IF last = ?',
  lastRow,
);

const endStatement = conditional(
  'UPDATE notification SET queues = queues - ? WHERE user = ? IF last = ?',
  lastRow,
);

/** How often a change is tried against others. */
const attempts = 20;

/** The heads of the logs; written with conditions only. */
export class LogHeads {
  readonly #cassandra: Cassandra;

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  /** What every acknowledged write left. */
  async read(user: string): Promise<LogHead> {
    const row = await this.#cassandra.one(headStatement, [user]);
    return {
      last: row?.last ?? startOfTime,
      queues: new Map(Object.entries(row?.queues ?? {})),
    };
  }

  /** From the newest notification on, the client has a queue; gives from where. One that it has stays. */
  async startQueue(user: string, client: string): Promise<string> {
    return this.#change(user, async (head) => {
      const started = head.queues.get(client);
      if (started !== undefined) return started;
      const values = [client, head.last, user, toColumn(head.last)];
      const { applied } = await this.#cassandra.decide(startStatement, values);
      return applied ? head.last : undefined;
    });
  }

  /** The client has no queue any more. */
  async endQueue(user: string, client: string): Promise<void> {
    await this.#change(user, async (head) => {
      if (!head.queues.has(client)) return true;
      const values = [[client], user, toColumn(head.last)];
      const { applied } = await this.#cassandra.decide(endStatement, values);
      return applied ? true : undefined;
    });
  }

  async #change<T>(user: string, once: (head: LogHead) => Promise<T | undefined>): Promise<T> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const result = await once(await this.read(user));
      if (result !== undefined) return result;
    }
    throw new Unavailable('cassandra', new Error(`the log of ${user} is written by too many`));
  }
}

/** A user without notifications has no newest one. */
export function toColumn(last: string): string | null {
  return last === startOfTime ? null : last;
}
