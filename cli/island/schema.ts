import { z } from 'zod';
import { nameSchema, sentenceSchema } from '../bundle/names.js';
import { recipientSchema } from './age-recipient.js';
import {
  addressSchema,
  byteSizeSchema,
  directorySchema,
  domainSchema,
  hostNameSchema,
  labelSchema,
  networkSchema,
  portSchema,
  serverSchema,
  userSchema,
} from './fields.js';
import { hostKeySchema } from './host-key.js';
import { roles } from './roles.js';

/** The version of island files that this tool reads and writes. */
export const apiVersion = 'wire-offline/v1';

/** More hosts than any island has; each of them is a connection. */
export const maxHosts = 200;

/** How one machine is reached over SSH. */
const endpointFields = {
  name: hostNameSchema,
  user: userSchema,
  port: portSchema.default(22),
  /** Absent until `island scan-keys` pins it; without it nothing connects. */
  hostKey: hostKeySchema.optional(),
};

const hostSchema = z.strictObject({
  ...endpointFields,
  address: addressSchema,
  /** `prompt`: sudo asks for a password there; `none`: it asks for none, or the user is root. */
  sudo: z.enum(['none', 'prompt']).default('none'),
  roles: z.array(z.enum(roles)).min(1),
  /** The name of a jump host, or of another host, that the connection goes through. */
  jump: hostNameSchema.optional(),
  labels: z.record(labelSchema, labelSchema).default({}),
  /** What preflight expects there; by default what its roles need. */
  size: z.strictObject({ cores: z.int().min(1).max(1024), memory: byteSizeSchema }).optional(),
});

const jumpHostSchema = z.strictObject({ ...endpointFields, address: serverSchema });

const disk = { disk: byteSizeSchema.optional() };

const storeIn = (directory: string) => ({
  dataDirectory: directorySchema.default(directory),
  ...disk,
});

const storesSchema = z.strictObject({
  /** Copies of each row and of each search index; by default three, or as many as there are hosts. */
  replication: z.int().min(1).max(5).optional(),
  assets: z.strictObject(storeIn('/srv/assets')).prefault({}),
  etcd: z.strictObject(storeIn('/srv/etcd')).prefault({}),
  kubernetes: z.strictObject(storeIn('/srv/kubernetes')).prefault({}),
  cassandra: z
    .strictObject({ ...storeIn('/srv/cassandra'), heap: byteSizeSchema.optional() })
    .prefault({}),
  search: z
    .strictObject({ ...storeIn('/srv/search'), heap: byteSizeSchema.optional() })
    .prefault({}),
  objects: z
    .strictObject({
      dataDirectories: z.array(directorySchema).min(1).max(16).default(['/srv/objects']),
      ...disk,
    })
    .prefault({}),
  redis: z.strictObject({ mode: z.literal('single').default('single') }).prefault({}),
});

const turnSchema = z.strictObject({
  /** By TURN host: the address that clients reach it at, where it is not the host's own. */
  externalAddresses: z.record(hostNameSchema, addressSchema).default({}),
  ports: z
    .strictObject({ from: z.int().min(1024).max(65_535), to: z.int().min(1024).max(65_535) })
    .default({ from: 49_152, to: 65_535 }),
  tls: z.boolean().default(true),
});

const mailSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('inbox') }),
  z.strictObject({
    mode: z.literal('relay'),
    host: serverSchema,
    port: portSchema.default(587),
    from: z.email('an e-mail address such as wire@wire.example').max(254),
    user: sentenceSchema.max(254).optional(),
  }),
]);

/** Files relative to the island file's folder. */
const filePathSchema = sentenceSchema.max(1024);

const tlsSchema = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('island-ca') }),
  z.strictObject({ mode: z.literal('given'), certificate: filePathSchema, key: filePathSchema }),
]);

/** An island file as a person writes it, with what holds where it says nothing. */
export const islandFileSchema = z.strictObject({
  apiVersion: z.literal(apiVersion),
  kind: z.literal('Island'),
  name: nameSchema,
  domain: domainSchema,
  channel: nameSchema,
  hosts: z.array(hostSchema).min(1).max(maxHosts),
  jumpHosts: z.array(jumpHostSchema).max(maxHosts).default([]),
  network: z
    .strictObject({
      pods: networkSchema.default('10.244.0.0/16'),
      services: networkSchema.default('10.96.0.0/16'),
    })
    .prefault({}),
  stores: storesSchema.prefault({}),
  turn: turnSchema.prefault({}),
  mail: mailSchema.default({ mode: 'inbox' }),
  push: z.enum(['A', 'B', 'C']).default('C'),
  tls: tlsSchema.default({ mode: 'island-ca' }),
  time: z.strictObject({ servers: z.array(serverSchema).max(16).default([]) }).prefault({}),
  secrets: z
    .strictObject({ recipients: z.array(recipientSchema).max(32).default([]) })
    .prefault({}),
});

export type IslandFile = z.infer<typeof islandFileSchema>;
