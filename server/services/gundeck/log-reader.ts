import { z } from 'zod';
import { startOfTime } from '../../api/time-uuid.js';
import { optionalTextColumn, textsColumn, uuidColumn } from '../../stores/cassandra/columns.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { select } from '../../stores/cassandra/statement.js';
import type { Payloads } from './payloads.js';

const columns = 'id, clients, except_connection, payload, payload_id';

const notificationRow = z.object({
  id: uuidColumn,
  clients: textsColumn,
  except_connection: optionalTextColumn,
  payload: optionalTextColumn,
  payload_id: uuidColumn.nullable(),
});

type Row = z.output<typeof notificationRow>;

const rangeStatement = select(
  `SELECT ${columns} FROM notification WHERE user = ? AND id > ? AND id <= ?`,
  notificationRow,
);
const backwardsStatement = select(
  `SELECT ${columns} FROM notification WHERE user = ? AND id <= ? ORDER BY id DESC`,
  notificationRow,
);
const oneStatement = select(
  `SELECT ${columns} FROM notification WHERE user = ? AND id = ?`,
  notificationRow,
);
const firstStatement = select(
  'SELECT previous FROM notification WHERE user = ? AND id > ? LIMIT 1',
  z.object({ previous: uuidColumn.nullable() }),
);

/** Later than every time UUID. */
export const endOfTime = 'ffffffff-ffff-1fff-bfff-ffffffffffff';

/** A notification as one client sees it. */
export interface Notification {
  readonly id: string;
  /** JSON text of the events. */
  readonly payload: string;
  /** The connection that caused it. */
  readonly except: string | undefined;
}

/** A part of a log: later than `after`, up to `until`. */
export interface Range {
  readonly user: string;
  /** Only what this client may see; undefined sees all. */
  readonly client: string | undefined;
  readonly after: string;
  readonly until: string;
  /** At most so many notifications. */
  readonly size: number;
}

export interface LogPage {
  readonly notifications: readonly Notification[];
  /** Up to where it was read. */
  readonly position: string;
  readonly more: boolean;
}

/** Where somebody stands in a log, and what its newest id is. */
export interface Standing {
  readonly user: string;
  readonly position: string;
  readonly last: string;
}

/** A page ends with the notification that brings it over this. Source: backend-api 3.8. */
const pageBytes = 5 * 1024 * 1024;
/** Rows that are read at a time. */
const fetchRows = 500;

/** Reads the logs of users. */
export class LogReader {
  readonly #cassandra: Cassandra;
  readonly #payloads: Payloads;

  constructor(cassandra: Cassandra, payloads: Payloads) {
    this.#cassandra = cassandra;
    this.#payloads = payloads;
  }

  /** The first notifications of a range, oldest first. */
  async read({ user, client, after, until, size }: Range): Promise<LogPage> {
    const notifications: Notification[] = [];
    const page = { sizeBytes: 0, position: after };
    let state: string | undefined;
    do {
      const paging = { size: Math.min(size + 1, fetchRows), after: state };
      const { rows, next } = await this.#cassandra.page(
        rangeStatement,
        [user, after, until],
        paging,
      );
      state = next;
      for (const row of rows) {
        if (notifications.length >= size || page.sizeBytes > pageBytes)
          return { notifications, position: page.position, more: true };
        page.position = row.id;
        const notification = isFor(row, client) ? await this.#withPayload(row) : undefined;
        if (notification === undefined) continue;
        page.sizeBytes += notification.payload.length;
        notifications.push(notification);
      }
    } while (state !== undefined);
    return { notifications, position: page.position, more: false };
  }

  /** The newest notification that a client may see, up to `until`. */
  async newest(
    user: string,
    { client, until }: Pick<Range, 'client' | 'until'>,
  ): Promise<Notification | undefined> {
    let state: string | undefined;
    do {
      const paging = { size: 20, after: state };
      const { rows, next } = await this.#cassandra.page(backwardsStatement, [user, until], paging);
      const row = rows.find((one) => isFor(one, client));
      if (row !== undefined) return this.#withPayload(row);
      state = next;
    } while (state !== undefined);
    return undefined;
  }

  /** One notification, where the client may see it. */
  async one(
    user: string,
    { id, client }: { readonly id: string; readonly client: string | undefined },
  ): Promise<Notification | undefined> {
    const row = await this.#cassandra.one(oneStatement, [user, id]);
    return row !== undefined && isFor(row, client) ? this.#withPayload(row) : undefined;
  }

  /** True where something after a position has ended already. */
  async hasGap({ user, position, last }: Standing): Promise<boolean> {
    if (position === last) return false;
    const first = await this.#cassandra.one(firstStatement, [user, position]);
    return first === undefined || (first.previous ?? startOfTime) !== position;
  }

  /** The id before the first notification that there still is after a position, or the newest one. */
  async goOn({ user, position, last }: Standing): Promise<string> {
    const first = await this.#cassandra.one(firstStatement, [user, position]);
    return first === undefined ? last : (first.previous ?? startOfTime);
  }

  async #withPayload(row: Row): Promise<Notification | undefined> {
    const { id, payload_id: payloadId, except_connection: except } = row;
    const payload = payloadId === null ? row.payload : await this.#payloads.read(payloadId);
    return payload === undefined ? undefined : { id, payload, except };
  }
}

function isFor({ clients }: Row, client: string | undefined): boolean {
  return client === undefined || clients.length === 0 || clients.includes(client);
}
