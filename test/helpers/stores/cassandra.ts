import { auth, Client } from 'cassandra-driver';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { z } from 'zod';
import { systemClock } from '../../../server/clock.js';
import { serviceContracts } from '../../../server/contract/services.js';
import { cassandraMigrations } from '../../../server/jobs/cassandra-migrations.js';
import { startCassandraNode } from './cassandra-node.js';
import { freePort, shared, until } from './shared-store.js';

/** The password of each service's role in the Cassandra of the tests. */
export const testPassword = 'test-only';

const facts = z.object({ port: z.int() });

/** Where the Cassandra of this run is: with every keyspace at its newest schema, and a role for each service. */
export async function sharedCassandra(): Promise<z.output<typeof facts>> {
  return facts.parse(await shared('cassandra', startMigrated));
}

async function startMigrated(folder: string): Promise<z.output<typeof facts>> {
  const host = '127.0.0.1';
  const [port, storagePort] = [await freePort(), await freePort()];
  await startCassandraNode({ name: 'cassandra', folder, host, port, storagePort, seedHost: host });
  await makeRoles(port);
  await runMigrations({ port, folder: join(folder, 'secrets') });
  return { port };
}

/** Runs the migrations job as an installer would. */
export async function runMigrations(where: {
  readonly port: number;
  readonly folder: string;
  readonly prefix?: string;
  readonly replicas?: number;
}): Promise<void> {
  await mkdir(where.folder, { recursive: true });
  await writeFile(join(where.folder, 'cassandra-admin-password'), 'cassandra');
  const env = {
    CASSANDRA_CONTACT_POINTS: `127.0.0.1:${String(where.port)}`,
    CASSANDRA_REPLICATION_FACTOR: String(where.replicas ?? 1),
    CASSANDRA_KEYSPACE_PREFIX: where.prefix ?? '',
    SECRETS_FOLDER: where.folder,
  };
  await cassandraMigrations({ env, log: pino({ level: 'silent' }), clock: systemClock });
}

/** A client with all rights, for what only tests do. */
export function adminClient(port: number): Client {
  return new Client({
    contactPoints: [`127.0.0.1:${String(port)}`],
    localDataCenter: 'datacenter1',
    authProvider: new auth.PlainTextAuthProvider('cassandra', 'cassandra'),
  });
}

async function makeRoles(port: number): Promise<void> {
  const client = await connectedAdmin(port);
  const identities = serviceContracts.flatMap((contract) => contract.identities);
  for (const { store, name, owns } of identities) {
    if (store !== 'cassandra') continue;
    await client.execute(`CREATE ROLE ${name} WITH PASSWORD = '${testPassword}' AND LOGIN = true`);
    for (const keyspace of owns)
      for (const right of ['SELECT', 'MODIFY']) {
        await client.execute(
          `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}`,
        );
        await client.execute(`GRANT ${right} ON KEYSPACE ${keyspace} TO ${name}`);
      }
  }
  await client.shutdown();
}

/** The first superuser comes some moments after the port. */
async function connectedAdmin(port: number): Promise<Client> {
  const made: Client[] = [];
  await until('Cassandra takes its first user', async () => {
    const client = adminClient(port);
    try {
      await client.connect();
      made.push(client);
      return true;
    } catch {
      await client.shutdown();
      return false;
    }
  });
  const [client] = made;
  if (client === undefined) throw new Error('no client');
  return client;
}
