import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { timeText } from '../../clock.js';
import { KeyedQueue } from '../../keyed-queue.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import {
  optionalTextColumn,
  textMapColumn,
  textsColumn,
  timeColumn,
  uuidColumn,
} from '../../stores/cassandra/columns.js';
import { Undecided } from '../../stores/cassandra/failures.js';
import { conditional, select } from '../../stores/cassandra/statement.js';

const clientRow = z.object({
  id: z.string(),
  type: z.enum(['permanent', 'temporary']),
  class: optionalTextColumn,
  label: optionalTextColumn,
  model: optionalTextColumn,
  cookie: optionalTextColumn,
  capabilities: textsColumn,
  mls_public_keys: textMapColumn,
  created_at: timeColumn,
  last_active: timeColumn.nullable().transform((at) => at ?? undefined),
});

/** A device of a user; times in milliseconds since 1970. */
export type Client = z.output<typeof clientRow>;

const columns = Object.keys(clientRow.shape);
const revisionRow = z.object({ revision: uuidColumn.nullable() });
/** A user who has no client any more is a row that knows the revision only. */
const anyRow = z.looseObject({ id: z.string().nullable(), revision: uuidColumn.nullable() });
const listCql = `SELECT ${columns.join(', ')}, revision FROM client WHERE user = ?`;

// Every write of the table is conditional on the user's revision, so that two changes at once never both count on the
// same list of clients: the limit of clients holds, and the second change sees the first.
const statements = {
  list: select(listCql, anyRow),
  listForChange: select(listCql, anyRow, 'localSerial'),
  revise: conditional('UPDATE client SET revision = ? WHERE user = ? IF revision = ?', revisionRow),
  put: conditional(
    `INSERT INTO client (user, ${columns.join(', ')}) VALUES (?, ${columns.map(() => '?').join(', ')})`,
    revisionRow,
  ),
  remove: conditional('DELETE FROM client WHERE user = ? AND id = ?', revisionRow),
};

/** A change of a user's clients, made of the list as it is. */
export interface ClientChange {
  readonly put?: Client;
  readonly remove?: readonly string[];
}

/** The clients of users. */
export class Clients {
  readonly #cassandra: Cassandra;
  readonly #queue = new KeyedQueue();

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  async list(user: string): Promise<Client[]> {
    const rows = await this.#cassandra.all(statements.list, [user]);
    return rows.flatMap(toClient);
  }

  async byId(user: string, id: string): Promise<Client | undefined> {
    return (await this.list(user)).find((client) => client.id === id);
  }

  /**
   * Changes a user's clients: `decide` is given the list and says what to change; it may be asked again where another
   * change came between.
   */
  change<T extends ClientChange>(
    user: string,
    decide: (clients: readonly Client[]) => T,
  ): Promise<T> {
    return this.#queue.run(user, async () => {
      for (;;) {
        const { revision, clients } = await this.#read(user);
        const change = decide(clients);
        if (await this.#apply(user, revision, change)) return change;
      }
    });
  }

  async #read(user: string) {
    const rows = await this.#cassandra.all(statements.listForChange, [user]);
    return { revision: rows[0]?.revision ?? null, clients: rows.flatMap(toClient) };
  }

  /** False where another change came between. */
  async #apply(user: string, revision: string | null, change: ClientChange): Promise<boolean> {
    const next = randomUUID();
    const puts = change.put === undefined ? [] : [change.put];
    const revise = { statement: statements.revise, values: [next, user, revision] };
    try {
      const outcome = await this.#cassandra.decideAll(revise, [
        ...(change.remove ?? []).map((id) => ({
          statement: statements.remove,
          values: [user, id],
        })),
        ...puts.map((client) => ({ statement: statements.put, values: [user, ...rowOf(client)] })),
      ]);
      return outcome.applied;
    } catch (error) {
      if (!(error instanceof Undecided)) throw error;
      // A serial read ends what was undecided: the revision is this change's or it is not.
      return (await this.#read(user)).revision === next;
    }
  }
}

/** The id of the client with that last-resort prekey. Source: backend-api 3.5. */
export function clientIdOf(lastKey: string): string {
  return createHash('sha256').update(lastKey).digest().readBigUInt64BE().toString(16);
}

/** A client as its user sees it. */
export function clientJson(client: Client) {
  return {
    id: client.id,
    type: client.type,
    time: timeText(client.created_at),
    ...(client.class !== undefined && { class: client.class }),
    ...(client.label !== undefined && { label: client.label }),
    ...(client.cookie !== undefined && { cookie: client.cookie }),
    ...(client.model !== undefined && { model: client.model }),
    capabilities: client.capabilities,
    mls_public_keys: client.mls_public_keys,
    ...(client.last_active !== undefined && { last_active: timeText(client.last_active) }),
  };
}

function toClient(row: z.output<typeof anyRow>): Client[] {
  return row.id === null ? [] : [clientRow.parse(row)];
}

function rowOf(client: Client): unknown[] {
  return [
    client.id,
    client.type,
    client.class ?? null,
    client.label ?? null,
    client.model ?? null,
    client.cookie ?? null,
    client.capabilities,
    client.mls_public_keys,
    new Date(client.created_at),
    client.last_active === undefined ? null : new Date(client.last_active),
  ];
}
