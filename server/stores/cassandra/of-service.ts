import type { Config } from '../../config/read-config.js';
import type { CassandraConfig } from '../../config/schemas.js';
import type { ServiceId } from '../../contract/services.js';
import { Cassandra } from './cassandra.js';

/** The keyspace of a service, reached with the service's own role. */
export function cassandraOf(service: ServiceId, config: Config<CassandraConfig>): Cassandra {
  const { values } = config;
  return new Cassandra({
    contactPoints: values.CASSANDRA_CONTACT_POINTS,
    datacenter: values.CASSANDRA_DATACENTER,
    keyspace: `${values.CASSANDRA_KEYSPACE_PREFIX}${service}`,
    user: service,
    password: config.secret('cassandra-password'),
    caFile: values.CASSANDRA_CA_FILE,
  });
}
