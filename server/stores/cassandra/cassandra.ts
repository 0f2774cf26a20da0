import { readFileSync } from 'node:fs';
import { auth, Client, policies, types, type ClientOptions } from 'cassandra-driver';
import { z } from 'zod';
import type { Address } from '../../config/fields.js';
import type { Secret } from '../../contract/secret.js';
import { Unavailable } from '../../http/api-error.js';
import type { Store } from '../store.js';
import { toFailure, Undecided } from './failures.js';
import type { Consistency, Statement } from './statement.js';

export interface CassandraOptions {
  readonly contactPoints: readonly Address[];
  readonly datacenter: string;
  /** The one keyspace that statements mean; none for the jobs that make keyspaces. */
  readonly keyspace?: string;
  readonly user: string;
  readonly password: Secret | undefined;
  readonly caFile: string | undefined;
  /** How long one statement may take. */
  readonly timeoutMs?: number;
}

/** What one statement does in a batch. */
export interface Bound {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** Whether a conditional write was applied, and if not, what it met. */
export type Outcome<T> =
  { readonly applied: true } | { readonly applied: false; readonly current: T | undefined };

export interface RowPage<T> {
  readonly rows: readonly T[];
  /** Opaque; gives the next page, undefined after the last one. */
  readonly next: string | undefined;
}

/** A keyspace of Cassandra. Every method rejects with {@link Unavailable} where too few replicas answer in time. */
export class Cassandra implements Store {
  readonly id = 'cassandra';
  readonly #options: CassandraOptions;
  #client: Client | undefined;

  constructor(options: CassandraOptions) {
    this.#options = options;
  }

  async connect(): Promise<void> {
    // A client that failed to connect does not start over, so each attempt gets one of its own.
    const client = new Client(clientOptions(this.#options));
    try {
      await client.connect();
    } catch (error) {
      await client.shutdown();
      throw error;
    }
    this.#client = client;
  }

  async check(): Promise<void> {
    await this.#run(pingStatement, []);
  }

  async close(): Promise<void> {
    await this.#client?.shutdown();
    this.#client = undefined;
  }

  /** All rows; for partitions that are known to be small. */
  async all<R extends z.ZodType>(
    statement: Statement<R>,
    values: readonly unknown[],
  ): Promise<z.output<R>[]> {
    const { rows } = await this.#run(statement, values);
    return rows.map((row) => statement.row.parse(row));
  }

  /** The first row, if any. */
  async one<R extends z.ZodType>(
    statement: Statement<R>,
    values: readonly unknown[],
  ): Promise<z.output<R> | undefined> {
    const row = (await this.#run(statement, values)).rows[0];
    return row === undefined ? undefined : statement.row.parse(row);
  }

  /** Some rows, and where they go on. @throws {BadPagingState} where `after` is none that this query gave. */
  async page<R extends z.ZodType>(
    statement: Statement<R>,
    values: readonly unknown[],
    { size, after }: { readonly size: number; readonly after?: string | undefined },
  ): Promise<RowPage<z.output<R>>> {
    const result = await this.#run(statement, values, {
      fetchSize: size,
      ...(after !== undefined && { pageState: after }),
    });
    const rows = result.rows.map((row) => statement.row.parse(row));
    return { rows, next: pagingStateSchema.parse(result.pageState) };
  }

  /** Runs a write. */
  async write(statement: Statement<z.ZodNull>, values: readonly unknown[]): Promise<void> {
    await this.#run(statement, values);
  }

  /**
   * Runs a conditional write.
   *
   * @throws {Undecided} where Paxos timed out, so that it may or may not have been applied: read with `localSerial`.
   */
  async decide<R extends z.ZodType>(
    statement: Statement<R>,
    values: readonly unknown[],
  ): Promise<Outcome<z.output<R>>> {
    const result = await this.#run(statement, values);
    return outcomeOf(statement, result);
  }

  /** Runs conditional and plain writes on one partition as one: all or none. Its row is that of the first statement. */
  async decideAll<R extends z.ZodType>(
    first: { readonly statement: Statement<R>; readonly values: readonly unknown[] },
    others: readonly Bound[],
  ): Promise<Outcome<z.output<R>>> {
    const result = await this.#batch([first, ...others], false);
    return outcomeOf(first.statement, result);
  }

  /** Runs plain writes so that all of them happen in the end, though not at one moment. */
  async writeAll(writes: readonly Bound[]): Promise<void> {
    if (writes.length > 0) await this.#batch(writes, true);
  }

  /** Changes the schema, and waits until all nodes agree on it. */
  async define(cql: string): Promise<void> {
    const client = this.#connected();
    try {
      const result = await client.execute(cql, [], { prepare: false, isIdempotent: false });
      if (!schemaInfo.parse(result.info).isSchemaInAgreement)
        throw new Unavailable('cassandra', new Error('its nodes do not agree on the schema'));
    } catch (error) {
      throw toFailure(error, true);
    }
  }

  async #run(
    statement: Statement,
    values: readonly unknown[],
    more: { fetchSize?: number; pageState?: string } = {},
  ): Promise<types.ResultSet> {
    const client = this.#connected();
    try {
      return await client.execute(statement.cql, [...values], {
        prepare: true,
        consistency: consistencies[statement.consistency],
        serialConsistency: types.consistencies.localSerial,
        isIdempotent: statement.idempotent,
        ...more,
      });
    } catch (error) {
      throw toFailure(error, statement.idempotent);
    }
  }

  async #batch(writes: readonly Bound[], isIdempotent: boolean): Promise<types.ResultSet> {
    const client = this.#connected();
    const queries = writes.map(({ statement, values }) => ({
      query: statement.cql,
      params: [...values],
    }));
    try {
      return await client.batch(queries, {
        prepare: true,
        logged: true,
        consistency: types.consistencies.localQuorum,
        serialConsistency: types.consistencies.localSerial,
        isIdempotent,
      });
    } catch (error) {
      throw toFailure(error, isIdempotent);
    }
  }

  #connected(): Client {
    if (this.#client !== undefined) return this.#client;
    throw new Unavailable('cassandra', new Error('not connected yet'));
  }
}

export { Undecided };

/** Unknown to the driver's types. */
const schemaInfo = z.object({ isSchemaInAgreement: z.boolean() });

/** The driver's types do not know that the last page has none. */
const pagingStateSchema = z
  .string()
  .nullish()
  .transform((state) => state ?? undefined);

const pingStatement: Statement = {
  cql: 'SELECT release_version FROM system.local',
  consistency: 'localOne',
  idempotent: true,
  row: z.object({ release_version: z.string() }),
};

const consistencies: Readonly<Record<Consistency, types.consistencies>> = {
  localOne: types.consistencies.localOne,
  localQuorum: types.consistencies.localQuorum,
  localSerial: types.consistencies.localSerial,
};

function outcomeOf<R extends z.ZodType>(
  statement: Statement<R>,
  result: types.ResultSet,
): Outcome<z.output<R>> {
  if (result.wasApplied()) return { applied: true };
  const row = result.rows[0];
  // A row that is not there shows as one with the verdict only.
  const isThere = row !== undefined && row.keys().length > 1;
  return { applied: false, current: isThere ? statement.row.parse(row) : undefined };
}

function clientOptions(options: CassandraOptions): ClientOptions {
  const { contactPoints, datacenter, keyspace, user, password, caFile, timeoutMs } = options;
  return {
    contactPoints: contactPoints.map(({ host, port }) => `${host}:${String(port)}`),
    localDataCenter: datacenter,
    ...(keyspace !== undefined && { keyspace }),
    ...(password !== undefined && {
      authProvider: new auth.PlainTextAuthProvider(user, password.reveal()),
    }),
    ...(caFile !== undefined && { sslOptions: { ca: [readFileSync(caFile)] } }),
    encoding: { useBigIntAsLong: true },
    socketOptions: { connectTimeout: 3_000, readTimeout: timeoutMs ?? 5_000 },
    policies: driverPolicies(),
  };
}

function driverPolicies(): NonNullable<ClientOptions['policies']> {
  const chosen: ClientOptions['policies'] = {
    reconnection: new policies.reconnection.ConstantReconnectionPolicy(1_000),
  };
  // Times of writes come from the replicas, as those of Paxos do: mixing them with a client's would lose writes. The
  // driver takes null for that, which its types do not know.
  Reflect.set(chosen, 'timestampGeneration', null);
  return chosen;
}
