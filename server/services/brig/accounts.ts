import { z } from 'zod';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { Undecided } from '../../stores/cassandra/failures.js';
import {
  optionalTextColumn,
  textsColumn,
  timeColumn,
  uuidColumn,
} from '../../stores/cassandra/columns.js';
import { conditional, select, write } from '../../stores/cassandra/statement.js';

const accountRow = z.object({
  id: uuidColumn,
  name: z.string(),
  email: optionalTextColumn,
  handle: optionalTextColumn,
  password: optionalTextColumn,
  accent_id: z.int(),
  assets: z.string(),
  locale: z.string(),
  text_status: optionalTextColumn,
  status: z.enum(['active', 'suspended', 'deleted', 'ephemeral']),
  activated: z.boolean(),
  team: uuidColumn.nullable().transform((team) => team ?? undefined),
  managed_by: z.enum(['wire', 'scim']),
  supported_protocols: textsColumn,
  searchable: z.boolean(),
  created_at: timeColumn,
  expires_at: timeColumn.nullable().transform((at) => at ?? undefined),
});

/** An account as it is stored; times in milliseconds since 1970. */
export type Account = z.output<typeof accountRow>;

const columns = Object.keys(accountRow.shape);
const claimRow = z.object({ user: uuidColumn.nullable() });

const statements = {
  byId: select(`SELECT ${columns.join(', ')} FROM account WHERE id = ?`, accountRow),
  byIds: select(`SELECT ${columns.join(', ')} FROM account WHERE id IN ?`, accountRow),
  insert: write(
    `INSERT INTO account (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) USING TTL ?`,
  ),
  activate: write('UPDATE account SET activated = true WHERE id = ?'),
  profile: write(
    'UPDATE account SET name = ?, accent_id = ?, assets = ?, text_status = ? WHERE id = ?',
  ),
  password: write('UPDATE account SET password = ? WHERE id = ?'),
  claim: conditional(
    'INSERT INTO claim (kind, value, user) VALUES (?, ?, ?) IF NOT EXISTS USING TTL ?',
    claimRow,
  ),
  passClaim: conditional(
    'UPDATE claim USING TTL ? SET user = ? WHERE kind = ? AND value = ? IF user = ?',
    claimRow,
  ),
  readClaim: select('SELECT user FROM claim WHERE kind = ? AND value = ?', claimRow, 'localSerial'),
};

/** So many accounts are asked for in one query. */
const chunkSize = 64;

/** The accounts, and the texts that only one of them may have. */
export class Accounts {
  readonly #cassandra: Cassandra;

  constructor(cassandra: Cassandra) {
    this.#cassandra = cassandra;
  }

  byId(id: string): Promise<Account | undefined> {
    return this.#cassandra.one(statements.byId, [id]);
  }

  /** Those that exist, in no order. */
  async byIds(ids: readonly string[]): Promise<Account[]> {
    const unique = [...new Set(ids)];
    const chunks: Promise<Account[]>[] = [];
    for (let at = 0; at < unique.length; at += chunkSize)
      chunks.push(this.#cassandra.all(statements.byIds, [unique.slice(at, at + chunkSize)]));
    return (await Promise.all(chunks)).flat();
  }

  /** The account that has an address, whether activated or not. */
  async byEmail(email: string): Promise<Account | undefined> {
    const user = await this.#claimant('email', emailKey(email));
    return user === undefined ? undefined : this.byId(user);
  }

  /** Stores a new account; `ttlSeconds` 0 is for ever. */
  insert(account: Account, ttlSeconds: number): Promise<void> {
    const values: unknown[] = columns.map((column) => valueOf(account, column));
    return this.#cassandra.write(statements.insert, [...values, ttlSeconds]);
  }

  activate(id: string): Promise<void> {
    return this.#cassandra.write(statements.activate, [id]);
  }

  updateProfile(account: Account): Promise<void> {
    const { name, accent_id, assets, text_status, id } = account;
    const values = [name, accent_id, assets, text_status ?? null, id];
    return this.#cassandra.write(statements.profile, values);
  }

  /**
   * Claims an address for a user, for so long (0 is for ever). True where it is the user's now. An address that another
   * user has is taken from `instead`, if that is who has it.
   */
  async claimEmail(claim: EmailClaim): Promise<boolean> {
    const { user, ttlSeconds, instead } = claim;
    const value = emailKey(claim.email);
    try {
      const first = await this.#cassandra.decide(statements.claim, [
        'email',
        value,
        user,
        ttlSeconds,
      ]);
      if (first.applied) return true;
      const holder = first.current?.user;
      if (holder !== user && (instead === undefined || holder !== instead)) return false;
      const values = [ttlSeconds, user, 'email', value, holder];
      return (await this.#cassandra.decide(statements.passClaim, values)).applied;
    } catch (error) {
      // Paxos was cut short: what stands there now has been decided.
      if (!(error instanceof Undecided)) throw error;
      return (await this.#claimant('email', value)) === user;
    }
  }

  async #claimant(kind: string, value: string): Promise<string | undefined> {
    const row = await this.#cassandra.one(statements.readClaim, [kind, value]);
    return row?.user ?? undefined;
  }
}

export interface EmailClaim {
  readonly email: string;
  readonly user: string;
  readonly ttlSeconds: number;
  /** A user who loses the address to this one. */
  readonly instead?: string | undefined;
}

/** The form in which addresses are compared. */
export function emailKey(email: string): string {
  return email.normalize('NFC').toLowerCase();
}

function valueOf(account: Account, column: string): unknown {
  const value: unknown = Reflect.get(account, column);
  const isTime = column === 'created_at' || column === 'expires_at';
  if (value === undefined) return null;
  return isTime && typeof value === 'number' ? new Date(value) : value;
}
