import { z } from 'zod';
import { readConfig } from '../config/read-config.js';
import { cassandraShape } from '../config/schemas.js';
import { jobContractOf } from '../contract/jobs.js';
import { mendIndex } from '../services/galley/conversations/mend-index.js';
import type { StartOptions } from '../service/start-service.js';
import { cassandraOf } from '../stores/cassandra/of-service.js';

const schema = z.object({ ...cassandraShape, SECRETS_FOLDER: z.string() });

/**
 * Brings galley's rows to what its newest schema wants of them: everyone's list of conversations agrees with the
 * members of the conversations. Safe while galley serves, cut off at any moment, and to run again.
 */
export async function galleyMigrateData({ env, log }: StartOptions): Promise<void> {
  const { environment, secrets } = jobContractOf('galley-migrate-data');
  const config = readConfig({ env, environment, secrets, schema });
  const cassandra = cassandraOf('galley', config);
  await cassandra.connect();
  try {
    const mended = await mendIndex(cassandra);
    log.info(mended, 'lists of conversations agree with their members');
  } finally {
    await cassandra.close();
  }
}
