import { z } from 'zod';
import { isAfter } from '../../api/time-uuid.js';
import { uuidColumn } from '../../stores/cassandra/columns.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { select, write } from '../../stores/cassandra/statement.js';
import type { LogHead, LogHeads } from './log-heads.js';
import type { LogReader } from './log-reader.js';

const positionStatement = select(
  'SELECT acked FROM queue_position WHERE user = ? AND client = ?',
  z.object({ acked: uuidColumn }),
);
const keepStatement = write('INSERT INTO queue_position (user, client, acked) VALUES (?, ?, ?)');
const forgetStatement = write('DELETE FROM queue_position WHERE user = ? AND client = ?');

/** A client of a user. */
export interface QueueOwner {
  readonly user: string;
  readonly client: string;
}

/** Where a queue stands. */
export interface QueueState {
  /** Everything up to it was acknowledged. */
  readonly acked: string;
  /** Something after it has ended before the client got it. */
  readonly missed: boolean;
}

export interface QueuesOptions {
  readonly cassandra: Cassandra;
  readonly heads: LogHeads;
  readonly reader: LogReader;
}

/**
 * The queues of clients. A queue is a place in its user's log: what comes after it and is for the client waits to be
 * acknowledged. Nothing is stored twice, and a client that is away costs nothing.
 */
export class Queues {
  readonly #options: QueuesOptions;

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  /** Starts the queue of a client at the newest notification; one that it has stays. */
  async start({ user, client }: QueueOwner): Promise<void> {
    await this.#options.heads.startQueue(user, client);
  }

  /** Where the client's queue stands; undefined where it has none. */
  async state({ user, client }: QueueOwner, head: LogHead): Promise<QueueState | undefined> {
    const started = head.queues.get(client);
    if (started === undefined) return undefined;
    const acked = await this.#acked({ user, client }, started);
    const missed = await this.#options.reader.hasGap({ user, position: acked, last: head.last });
    return { acked, missed };
  }

  /** Keeps how far the client acknowledged. */
  async keep({ user, client }: QueueOwner, acked: string): Promise<void> {
    await this.#options.cassandra.write(keepStatement, [user, client, acked]);
  }

  /** Goes on with what there still is; gives the new position. */
  async resume({ user, client }: QueueOwner): Promise<string> {
    const { heads, reader } = this.#options;
    const head = await heads.read(user);
    const position = await this.#acked({ user, client }, head.queues.get(client) ?? head.last);
    const acked = await reader.goOn({ user, position, last: head.last });
    await this.keep({ user, client }, acked);
    return acked;
  }

  /** Forgets the queue of a client. */
  async end({ user, client }: QueueOwner): Promise<void> {
    await this.#options.heads.endQueue(user, client);
    await this.#options.cassandra.write(forgetStatement, [user, client]);
  }

  /** What an earlier queue of the same client left does not count. */
  async #acked({ user, client }: QueueOwner, started: string): Promise<string> {
    const row = await this.#options.cassandra.one(positionStatement, [user, client]);
    return row !== undefined && isAfter(row.acked, started) ? row.acked : started;
  }
}
