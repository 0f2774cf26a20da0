import { z } from 'zod';
import { count } from '../config/fields.js';
import { readConfig } from '../config/read-config.js';
import { cassandraShape } from '../config/schemas.js';
import { jobContractOf } from '../contract/jobs.js';
import { keyspaces } from '../migrations/keyspaces.js';
import { migrate } from '../migrations/migrate.js';
import type { StartOptions } from '../service/start-service.js';
import { Cassandra } from '../stores/cassandra/cassandra.js';

const schema = z.object({
  ...cassandraShape,
  CASSANDRA_USER: z.string().min(1),
  CASSANDRA_REPLICATION_FACTOR: count,
  SECRETS_FOLDER: z.string(),
});

/**
 * Brings every keyspace to the schema of this code. Safe to run at any time and many at once: one works, the others
 * wait for it. Cut off, it goes on where it was.
 *
 * @throws {SchemaError} where a keyspace is newer than this code, or its past is not this code's.
 */
export async function cassandraMigrations({ env, log, clock }: StartOptions): Promise<void> {
  const { environment, secrets } = jobContractOf('cassandra-migrations');
  const config = readConfig({ env, environment, secrets, schema });
  const { values } = config;
  const cassandra = new Cassandra({
    contactPoints: values.CASSANDRA_CONTACT_POINTS,
    datacenter: values.CASSANDRA_DATACENTER,
    user: values.CASSANDRA_USER,
    password: config.secret('cassandra-admin-password'),
    caFile: values.CASSANDRA_CA_FILE,
    // A schema change waits for all nodes to agree.
    timeoutMs: 60_000,
  });
  await cassandra.connect();
  try {
    await migrate({
      cassandra,
      log,
      clock,
      keyspaces,
      prefix: values.CASSANDRA_KEYSPACE_PREFIX,
      datacenter: values.CASSANDRA_DATACENTER,
      replicationFactor: values.CASSANDRA_REPLICATION_FACTOR,
    });
  } finally {
    await cassandra.close();
  }
}
