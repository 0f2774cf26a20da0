import type { Role } from './roles.js';

/** What one host needs for one role. */
export interface RoleNeeds {
  readonly cores: number;
  readonly memoryBytes: number;
  /** Disk for what the role keeps; of a role without a store, for its system. */
  readonly diskBytes: number;
}

const gigabyte = 1000 ** 3;

/**
 * What a role needs on its host for a couple of thousand users that send messages.
 * Source: the deployment overview's sizing table, whose Kubernetes host has etcd on it; Redis, which it does not list,
 * keeps presences only and runs beside another role.
 */
export const roleNeeds: Readonly<Record<Role, RoleNeeds>> = {
  assets: needs(1, 4, 100),
  etcd: needs(1, 1, 10),
  kubernetes: needs(5, 7, 30),
  cassandra: needs(2, 4, 80),
  search: needs(1, 2, 60),
  objects: needs(1, 2, 400),
  redis: needs(0, 0.5, 0),
  turn: needs(1, 2, 10),
};

function needs(cores: number, memoryGB: number, diskGB: number): RoleNeeds {
  return { cores, memoryBytes: memoryGB * gigabyte, diskBytes: diskGB * gigabyte };
}
