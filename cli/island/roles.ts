/** What a host can be there for, in the order in which an island comes up. */
export const roles = [
  'assets',
  'etcd',
  'kubernetes',
  'cassandra',
  'search',
  'objects',
  'redis',
  'turn',
] as const;

export type Role = (typeof roles)[number];

/** Roles of which an island has one host, never more. */
export const singleRoles: readonly Role[] = ['assets', 'redis'];

/** Roles that keep what must survive in directories of their own. */
export const storeRoles = [
  'assets',
  'etcd',
  'kubernetes',
  'cassandra',
  'search',
  'objects',
] as const satisfies readonly Role[];

export type StoreRole = (typeof storeRoles)[number];
