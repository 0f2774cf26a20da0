import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { timeText, type Clock } from '../clock.js';
import type { Logger } from '../log/logger.js';
import type { Cassandra } from '../stores/cassandra/cassandra.js';
import { conditional, select, write } from '../stores/cassandra/statement.js';
import type { KeyspaceMigrations, Migration } from './migration.js';

/** A keyspace that this code must not touch. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

export interface MigrateOptions {
  readonly cassandra: Cassandra;
  readonly log: Logger;
  readonly clock: Clock;
  readonly keyspaces: readonly KeyspaceMigrations[];
  /** Put before the names of all keyspaces. */
  readonly prefix: string;
  readonly datacenter: string;
  readonly replicationFactor: number;
}

/** The lock ends by itself so long after its holder last renewed it. */
const lockSeconds = 60;
const lockRetryMs = 500;

/**
 * Runs the migrations that keyspaces lack, in order, under a lock of the whole backend.
 *
 * @throws {SchemaError} before anything changes, where a keyspace is newer or other than this code knows.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const bookKeyspace = `${options.prefix}migrations`;
  await createKeyspace(options, bookKeyspace);
  const book = bookOf(options.cassandra, bookKeyspace);
  await book.prepare();
  const release = await takeLock(book, options);
  try {
    const missing: Pending[] = [];
    for (const entry of options.keyspaces) missing.push(await pendingOf(book, entry));
    for (const pending of missing) await runPending(options, { book, pending });
  } finally {
    await release();
  }
}

interface Pending {
  readonly keyspace: string;
  readonly migrations: readonly Migration[];
}

async function pendingOf(book: Book, { keyspace, migrations }: KeyspaceMigrations) {
  const done = await book.done(keyspace);
  for (const { version, digest } of done) {
    const known = migrations.find((migration) => migration.version === version);
    if (known === undefined)
      throw new SchemaError(
        `keyspace ${keyspace}: expected version ${String(migrations.at(-1)?.version ?? 0)} at most, got ${String(version)}: its schema belongs to a newer release`,
      );
    if (digestOf(known) !== digest)
      throw new SchemaError(
        `keyspace ${keyspace}: migration ${String(version)} (${known.title}) is not the one that was run`,
      );
  }
  const versions = new Set(done.map(({ version }) => version));
  return { keyspace, migrations: migrations.filter(({ version }) => !versions.has(version)) };
}

async function runPending(
  options: MigrateOptions,
  { book, pending }: { readonly book: Book; readonly pending: Pending },
): Promise<void> {
  const { cassandra, log, prefix } = options;
  const keyspace = `${prefix}${pending.keyspace}`;
  await createKeyspace(options, keyspace);
  for (const migration of pending.migrations) {
    log.info({ keyspace, version: migration.version, title: migration.title }, 'migrating');
    for (const statement of migration.statements)
      await cassandra.define(inKeyspace(statement, keyspace));
    await book.record(pending.keyspace, migration, timeText(options.clock.nowMs()));
  }
  log.info({ keyspace, ran: pending.migrations.length }, 'keyspace is up to date');
}

function createKeyspace(
  { cassandra, datacenter, replicationFactor }: MigrateOptions,
  keyspace: string,
): Promise<void> {
  return cassandra.define(
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', '${datacenter}': ${String(replicationFactor)}}`,
  );
}

/** Tables are written without their keyspace, because it may have a prefix. */
function inKeyspace(statement: string, keyspace: string): string {
  return statement.replace(
    /^\s*((?:CREATE|ALTER|DROP)\s+TABLE\s+(?:IF\s+(?:NOT\s+)?EXISTS\s+)?)/,
    `$1${keyspace}.`,
  );
}

function digestOf({ statements }: Migration): string {
  return createHash('sha256').update(statements.join(';')).digest('hex');
}

/** Where it is written what was run. */
interface Book {
  prepare(): Promise<void>;
  done(keyspace: string): Promise<{ version: number; digest: string }[]>;
  record(keyspace: string, migration: Migration, at: string): Promise<void>;
  /** True where the lock is this owner's now. */
  lock(owner: string): Promise<boolean>;
  unlock(owner: string): Promise<void>;
}

function bookOf(cassandra: Cassandra, keyspace: string): Book {
  const owned = z.object({ owner: z.string().nullable() });
  const doneRow = z.object({ version: z.int(), digest: z.string() });
  const table = (name: string) => `${keyspace}.${name}`;
  const statements = {
    done: select(`SELECT version, digest FROM ${table('done')} WHERE keyspace_name = ?`, doneRow),
    record: write(
      `INSERT INTO ${table('done')} (keyspace_name, version, digest, title, at) VALUES (?, ?, ?, ?, ?)`,
    ),
    take: conditional(
      `INSERT INTO ${table('lock')} (id, owner) VALUES ('lock', ?) IF NOT EXISTS USING TTL ${String(lockSeconds)}`,
      owned,
    ),
    renew: conditional(
      `UPDATE ${table('lock')} USING TTL ${String(lockSeconds)} SET owner = ? WHERE id = 'lock' IF owner = ?`,
      owned,
    ),
    release: conditional(`DELETE FROM ${table('lock')} WHERE id = 'lock' IF owner = ?`, owned),
  };
  return {
    async prepare() {
      await cassandra.define(
        `CREATE TABLE IF NOT EXISTS ${table('done')} (keyspace_name text, version int, digest text, title text, at text, PRIMARY KEY (keyspace_name, version))`,
      );
      await cassandra.define(
        `CREATE TABLE IF NOT EXISTS ${table('lock')} (id text PRIMARY KEY, owner text)`,
      );
    },
    done: (name) => cassandra.all(statements.done, [name]),
    record: (name, migration, at) =>
      cassandra.write(statements.record, [
        name,
        migration.version,
        digestOf(migration),
        migration.title,
        at,
      ]),
    async lock(owner) {
      const renewed = await cassandra.decide(statements.renew, [owner, owner]);
      return renewed.applied || (await cassandra.decide(statements.take, [owner])).applied;
    },
    async unlock(owner) {
      await cassandra.decide(statements.release, [owner]);
    },
  };
}

/** Waits for the lock, and renews it until it is released. */
async function takeLock(book: Book, { log }: MigrateOptions): Promise<() => Promise<void>> {
  const owner = randomUUID();
  while (!(await book.lock(owner))) {
    log.info('another process migrates, waiting for it');
    await pause(lockRetryMs);
  }
  const timer = setInterval(
    () => {
      book.lock(owner).catch((error: unknown) => {
        log.warn({ err: error }, 'could not renew the lock');
      });
    },
    (lockSeconds / 3) * 1000,
  );
  return async () => {
    clearInterval(timer);
    await book.unlock(owner);
  };
}
