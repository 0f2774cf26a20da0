import type { EnvironmentVariable } from './environment.js';
import type { StoreId } from './services.js';
import { secretsOf, type SecretContract } from './secrets.js';

/** Jobs of the backend's code, by the names that Wire's operators know: `node server/main.js <job>`. */
export const jobIds = ['cassandra-migrations', 'galley-migrate-data'] as const;

export type JobId = (typeof jobIds)[number];

/** A program that does its work and ends: exit status 0 where it did, and running it again does nothing. */
export interface JobContract {
  readonly id: JobId;
  readonly stores: readonly StoreId[];
  /** Jobs that must have ended before. */
  readonly after: readonly JobId[];
  readonly environment: readonly EnvironmentVariable[];
  readonly secrets: readonly SecretContract[];
}

const cassandra = [
  { name: 'CASSANDRA_CONTACT_POINTS', what: 'host:port of some nodes, separated by commas' },
  { name: 'CASSANDRA_DATACENTER', what: 'the local data centre', default: 'datacenter1' },
  { name: 'CASSANDRA_CA_FILE', what: 'CA of the nodes; empty for no TLS', default: '' },
  { name: 'CASSANDRA_KEYSPACE_PREFIX', what: 'put before keyspace names', default: '' },
] as const satisfies readonly EnvironmentVariable[];

const secretsFolder = {
  name: 'SECRETS_FOLDER',
  what: 'folder of the secret files',
  default: '/run/wire/secrets',
} as const;

/** Each job's contract. */
export const jobContracts: readonly JobContract[] = [
  {
    id: 'cassandra-migrations',
    stores: ['cassandra'],
    after: [],
    environment: [
      ...cassandra,
      { name: 'CASSANDRA_USER', what: 'a role that may create keyspaces', default: 'cassandra' },
      { name: 'CASSANDRA_REPLICATION_FACTOR', what: 'copies of each row', default: '3' },
      secretsFolder,
    ],
    secrets: [
      {
        name: 'cassandra-admin-password',
        format: 'password of CASSANDRA_USER, one line',
        madeBy: 'island',
        optional: true,
      },
    ],
  },
  {
    id: 'galley-migrate-data',
    stores: ['cassandra'],
    after: ['cassandra-migrations'],
    environment: [...cassandra, secretsFolder],
    secrets: secretsOf('cassandra-password'),
  },
];

/** The contract of one job. */
export function jobContractOf(wanted: JobId): JobContract {
  const found = jobContracts.find(({ id }) => [wanted].includes(id));
  if (found === undefined) throw new TypeError(`no contract for ${wanted}`);
  return found;
}
