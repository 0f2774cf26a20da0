import {
  brigEnvironment,
  cannonEnvironment,
  cargoholdEnvironment,
  galleyEnvironment,
  gundeckEnvironment,
  nginzEnvironment,
  type EnvironmentVariable,
} from './environment.js';
import { secretsOf, type SecretContract } from './secrets.js';

/** The stores that services keep their state in. */
export const storeIds = ['cassandra', 'search', 'objects', 'redis'] as const;

export type StoreId = (typeof storeIds)[number];

/** The backend's services, by the names that Wire's operators know. */
export const serviceIds = ['brig', 'galley', 'gundeck', 'cannon', 'cargohold', 'nginz'] as const;

export type ServiceId = (typeof serviceIds)[number];

/** Who a service is to a store: a Cassandra role, an S3 key, a Redis ACL user or a user of the search engine. */
export interface StoreIdentity {
  readonly store: StoreId;
  readonly name: string;
  /** Keyspaces, buckets, key patterns or indices that it may read and write, and nothing else. */
  readonly owns: readonly string[];
  /** The secret that proves the identity: a name from the service's secrets. */
  readonly passwordSecret: string;
}

/** What the installer must know of a service to configure it and to start it at the right time. */
export interface ServiceContract {
  readonly id: ServiceId;
  /** Where it listens unless `LISTEN_PORT` says otherwise. */
  readonly port: number;
  /** Stores that must be ready before the service can be. */
  readonly stores: readonly StoreId[];
  /** Services that must be ready before the service can be. */
  readonly after: readonly ServiceId[];
  /** Services that it calls while it serves; it starts and stays live without them. */
  readonly calls: readonly ServiceId[];
  readonly environment: readonly EnvironmentVariable[];
  readonly secrets: readonly SecretContract[];
  readonly identities: readonly StoreIdentity[];
}

/** 200 as long as the process serves; never looks at a store. */
export const livePath = '/i/status';
/** 200 while every store answers and the service takes work, else 503 with what is missing. */
export const readyPath = '/i/ready';
/** Prometheus text format 0.0.4. */
export const metricsPath = '/i/metrics';

const backends = ['brig', 'galley', 'gundeck', 'cannon', 'cargohold'] as const;

/** Each service's contract, in no particular order. */
export const serviceContracts: readonly ServiceContract[] = [
  {
    id: 'brig',
    port: 8082,
    stores: ['cassandra'],
    after: [],
    calls: ['galley', 'gundeck'],
    environment: brigEnvironment,
    secrets: secretsOf(
      'cassandra-password',
      'zauth-private-keys',
      'zauth-public-keys',
      'smtp-password',
    ),
    identities: [cassandraRole('brig')],
  },
  {
    id: 'galley',
    port: 8085,
    stores: ['cassandra'],
    after: [],
    calls: ['brig', 'gundeck'],
    environment: galleyEnvironment,
    secrets: secretsOf('cassandra-password', 'mls-removal-keys'),
    identities: [cassandraRole('galley')],
  },
  {
    id: 'gundeck',
    port: 8086,
    // Redis is there when it starts; later it goes on without, and stays ready for that.
    stores: ['cassandra', 'redis'],
    after: [],
    calls: ['cannon'],
    environment: gundeckEnvironment,
    secrets: secretsOf('cassandra-password', 'redis-password'),
    identities: [
      cassandraRole('gundeck'),
      {
        store: 'redis',
        name: 'gundeck',
        owns: ['user:*', 'presences:*'],
        passwordSecret: 'redis-password',
      },
    ],
  },
  {
    id: 'cannon',
    port: 8083,
    stores: [],
    after: [],
    calls: ['gundeck'],
    environment: cannonEnvironment,
    secrets: [],
    identities: [],
  },
  {
    id: 'cargohold',
    port: 8084,
    stores: ['objects'],
    after: [],
    calls: [],
    environment: cargoholdEnvironment,
    secrets: secretsOf('objects-secret-key'),
    identities: [
      {
        store: 'objects',
        name: 'cargohold',
        owns: ['assets'],
        passwordSecret: 'objects-secret-key',
      },
    ],
  },
  {
    id: 'nginz',
    port: 8080,
    stores: [],
    after: backends,
    calls: backends,
    environment: nginzEnvironment,
    secrets: secretsOf('zauth-public-keys'),
    identities: [],
  },
];

/** The contract of one service. */
export function contractOf(id: ServiceId): ServiceContract {
  const found = serviceContracts.find((contract) => contract.id === id);
  if (found === undefined) throw new TypeError(`no contract for ${id}`);
  return found;
}

function cassandraRole(service: ServiceId): StoreIdentity {
  return {
    store: 'cassandra',
    name: service,
    owns: [service],
    passwordSecret: 'cassandra-password',
  };
}
