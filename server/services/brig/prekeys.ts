import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { KeyedQueue } from '../../keyed-queue.js';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { Undecided } from '../../stores/cassandra/failures.js';
import { conditional, select, type Statement } from '../../stores/cassandra/statement.js';

/** The prekey that is handed out when no other is left, and never used up. Source: backend-api 3.5. */
export const lastResortId = 65_535;

export interface Prekey {
  readonly id: number;
  /** The bundle in base64, of which the server reads the id only. */
  readonly key: string;
}

/** A client whose prekeys are all gone is a row without an id. */
const storedRow = z.object({ id: z.int().nullable(), key: z.string().nullable() });

const statements = {
  list: select('SELECT id, key FROM prekey WHERE user = ? AND client = ?', storedRow),
  // Claims are decided by Paxos, so all else is written by Paxos too: under a condition that always holds.
  always: conditional(
    'UPDATE prekey SET written = 1 WHERE user = ? AND client = ? IF written != 0',
    z.unknown(),
  ),
  put: conditional('INSERT INTO prekey (user, client, id, key) VALUES (?, ?, ?, ?)', z.unknown()),
  remove: conditional('DELETE FROM prekey WHERE user = ? AND client = ? AND id = ?', z.unknown()),
  claim: conditional(
    'DELETE FROM prekey WHERE user = ? AND client = ? AND id = ? IF EXISTS',
    z.unknown(),
  ),
};

/** The prekeys of clients: each is handed out once. */
export class Prekeys {
  readonly #cassandra: Cassandra;
  readonly #queue = new KeyedQueue();

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  /** Stores prekeys; one with an id that is there takes its place. */
  async put(user: string, client: string, prekeys: readonly Prekey[]): Promise<void> {
    const values = prekeys.map(({ id, key }) => [user, client, id, key]);
    await this.#write(user, client, { statement: statements.put, values });
  }

  async ids(user: string, client: string): Promise<number[]> {
    return (await this.#list(user, client)).map(({ id }) => id);
  }

  /**
   * Hands out a prekey that nobody else gets; the last resort when no other is left; undefined where the client has
   * none at all.
   */
  claim(user: string, client: string): Promise<Prekey | undefined> {
    return this.#queue.run(`${user} ${client}`, async () => {
      const prekeys = await this.#list(user, client);
      const free = prekeys.filter(({ id }) => id !== lastResortId);
      while (free.length > 0) {
        const [picked] = free.splice(randomInt(free.length), 1);
        if (picked !== undefined && (await this.#take(user, client, picked.id))) return picked;
      }
      return prekeys.find(({ id }) => id === lastResortId);
    });
  }

  /** True where nobody else took it. */
  async #take(user: string, client: string, id: number): Promise<boolean> {
    try {
      return (await this.#cassandra.decide(statements.claim, [user, client, id])).applied;
    } catch (error) {
      // Undecided: it may be someone else's, so it is nobody's. A prekey lost is better than one used twice.
      if (error instanceof Undecided) return false;
      throw error;
    }
  }

  async removeAll(user: string, client: string): Promise<void> {
    const values = (await this.ids(user, client)).map((id) => [user, client, id]);
    await this.#write(user, client, { statement: statements.remove, values });
  }

  async #list(user: string, client: string): Promise<Prekey[]> {
    const rows = await this.#cassandra.all(statements.list, [user, client]);
    return rows.flatMap(({ id, key }) => (id === null || key === null ? [] : [{ id, key }]));
  }

  async #write(
    user: string,
    client: string,
    { statement, values }: { readonly statement: Statement; readonly values: unknown[][] },
  ): Promise<void> {
    if (values.length === 0) return;
    const always = { statement: statements.always, values: [user, client] };
    const writes = values.map((each) => ({ statement, values: each }));
    await this.#cassandra.decideAll(always, writes);
  }
}
