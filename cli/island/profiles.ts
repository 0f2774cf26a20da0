import type { Role } from './roles.js';

/** The shapes that an island can be started from. */
export const profileNames = ['one-host', 'three-host', 'ha', 'ha-compact'] as const;

export type ProfileName = (typeof profileNames)[number];

/** A host of a profile, before it has an address. */
export interface ProfileHost {
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface Profile {
  /** What it is for, in one line. */
  readonly summary: string;
  readonly hosts: readonly ProfileHost[];
}

const data = ['cassandra', 'search', 'objects'] as const;

/** What each profile consists of. Redis, of which nothing must survive, shares a host. */
export const profiles: Readonly<Record<ProfileName, Profile>> = {
  'one-host': {
    summary: 'everything on one host: to try things out; no failure is survived',
    hosts: [
      {
        name: 'island1',
        roles: ['assets', 'etcd', 'kubernetes', ...data, 'redis', 'turn'],
      },
    ],
  },
  'three-host': {
    summary: 'three hosts with everything and a small one for assets: one host may fail',
    hosts: [
      { name: 'assets1', roles: ['assets'] },
      { name: 'node1', roles: ['etcd', 'kubernetes', ...data, 'redis', 'turn'] },
      { name: 'node2', roles: ['etcd', 'kubernetes', ...data, 'turn'] },
      { name: 'node3', roles: ['etcd', 'kubernetes', ...data] },
    ],
  },
  ha: {
    summary: 'a host for each copy of each role: one host of every role may fail',
    hosts: haHosts({ kubernetes: 3, cassandra: 3, search: 3, objects: 3, turn: 2 }),
  },
  'ha-compact': {
    summary: 'three hosts for Kubernetes, three for data, two for TURN: one of each may fail',
    hosts: [
      { name: 'assets1', roles: ['assets'] },
      ...numbered('kube', 3, ['etcd', 'kubernetes']),
      ...numbered('data', 3, data).map((host, index) =>
        index === 0 ? { ...host, roles: [...host.roles, 'redis' as const] } : host,
      ),
      ...numbered('turn', 2, ['turn']),
    ],
  },
};

/** How many hosts each role has that hosts can be added to. */
export type HaCounts = Readonly<
  Record<'kubernetes' | 'cassandra' | 'search' | 'objects' | 'turn', number>
>;

/** The hosts of an island where each host has one role; etcd stays on the first three of Kubernetes. */
export function haHosts(counts: HaCounts): readonly ProfileHost[] {
  return [
    { name: 'assets1', roles: ['assets'] },
    ...numbered('kube', counts.kubernetes, ['kubernetes']).map((host, index) =>
      index < 3 ? { ...host, roles: ['etcd', 'kubernetes'] as const } : host,
    ),
    ...numbered('cassandra', counts.cassandra, ['cassandra']),
    ...numbered('search', counts.search, ['search']),
    ...numbered('objects', counts.objects, ['objects']).map((host, index) =>
      index === 0 ? { ...host, roles: ['objects', 'redis'] as const } : host,
    ),
    ...numbered('turn', counts.turn, ['turn']),
  ];
}

function numbered(name: string, count: number, hostRoles: readonly Role[]): ProfileHost[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${name}${String(index + 1)}`,
    roles: hostRoles,
  }));
}
