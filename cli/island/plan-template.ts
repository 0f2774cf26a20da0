import type { IslandIdentity } from './identity.js';
import type { Plan, PlannedHosts } from './plan.js';
import { haHosts, type ProfileHost } from './profiles.js';
import { roleNeeds } from './sizing.js';
import { exampleAddress, islandTemplate, type Template } from './template.js';

const gigabyte = 1000 ** 3;

/** Above it a Java virtual machine can no longer shorten its pointers. */
const maxHeapBytes = 31 * gigabyte;

/** The island file of a plan, its hosts and stores sized so. */
export function planTemplate(plan: Plan, identity: IslandIdentity): string {
  const { name, domain, user } = identity;
  const rows = new Map(plan.hosts.map((row) => [row.kind, row]));
  const { users, calls, participants } = plan;
  return islandTemplate({
    about: [
      `An island for ${String(users)} users and ${String(calls)} calls of ${String(participants)} at once.`,
    ],
    ...{ name, domain, channel: 'stable' },
    hosts: hostsOf(rows).map((host, index) => ({
      ...{ ...host, user, address: exampleAddress(index) },
      ...sizeOf(rows.get(kindOf(host))),
    })),
    stores: storesOf(rows),
  });
}

type Rows = ReadonlyMap<PlannedHosts['kind'], PlannedHosts>;

function hostsOf(rows: Rows): readonly ProfileHost[] {
  const count = (kind: PlannedHosts['kind']): number => rows.get(kind)?.count ?? 0;
  return haHosts({
    kubernetes: count('kubernetes'),
    cassandra: count('cassandra'),
    search: count('search'),
    objects: count('objects'),
    turn: count('turn'),
  });
}

/** The role that a host of this profile is there for; etcd and Redis are guests. */
function kindOf({ roles }: ProfileHost): PlannedHosts['kind'] {
  for (const role of roles) if (role !== 'etcd' && role !== 'redis') return role;
  return 'assets';
}

function sizeOf(row: PlannedHosts | undefined): Pick<Template['hosts'][number], 'size'> {
  if (row === undefined) return {};
  return { size: { cores: row.cores, memory: gigabytes(row.memoryBytes) } };
}

function storesOf(rows: Rows): NonNullable<Template['stores']> {
  const disk = (kind: PlannedHosts['kind']): number => rows.get(kind)?.diskBytes ?? 0;
  const heap = (kind: PlannedHosts['kind']): string =>
    gigabytes(Math.min(maxHeapBytes, (rows.get(kind)?.memoryBytes ?? 0) / 2));
  return {
    assets: { disk: gigabytes(disk('assets')) },
    etcd: { disk: gigabytes(roleNeeds.etcd.diskBytes) },
    kubernetes: { disk: gigabytes(disk('kubernetes') - roleNeeds.etcd.diskBytes) },
    cassandra: { disk: gigabytes(disk('cassandra')), heap: heap('cassandra') },
    search: { disk: gigabytes(disk('search')), heap: heap('search') },
    objects: { disk: gigabytes(disk('objects')) },
  };
}

function gigabytes(bytes: number): string {
  return `${String(bytes / gigabyte)}GB`;
}
