import { z } from 'zod';
import { address, addresses, count, domain, flag, optionalText, port } from './fields.js';

/** What every service is told. */
export const commonShape = {
  WIRE_DOMAIN: domain,
  LISTEN_HOST: z.string().min(1),
  LISTEN_PORT: z.union([z.literal('').transform(() => undefined), port]),
  SECRETS_FOLDER: z.string().min(1),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
  DRAIN_SECONDS: count,
  CHECK_RESPONSES: flag,
};

export type CommonConfig = z.output<z.ZodObject<typeof commonShape>>;

/** What a service with a keyspace is told. */
export const cassandraShape = {
  CASSANDRA_CONTACT_POINTS: addresses,
  CASSANDRA_DATACENTER: z.string().min(1),
  CASSANDRA_CA_FILE: optionalText,
  CASSANDRA_KEYSPACE_PREFIX: z.string().regex(/^[a-z0-9_]{0,20}$/, 'expected a-z, 0-9 and _'),
};

export type CassandraConfig = z.output<z.ZodObject<typeof cassandraShape>>;

/** What a service with presences is told. */
export const redisShape = { REDIS_ADDRESS: address, REDIS_CA_FILE: optionalText };

export type RedisConfig = z.output<z.ZodObject<typeof redisShape>>;
