import type { Locate } from '../input/yaml-document.js';
import type { DataDirectory, Island, IslandHost, SshEndpoint } from './island.js';
import { roles, storeRoles, type Role, type StoreRole } from './roles.js';
import type { IslandFile } from './schema.js';
import { roleNeeds } from './sizing.js';

type HostEntry = IslandFile['hosts'][number];

/** The island that a valid file means. */
export function deriveIsland(said: IslandFile, place: { file: string; locate: Locate }): Island {
  const { name, domain, channel, network, turn, mail, push, tls, time, secrets } = said;
  const endpoints = endpointsOf(said, place.locate);
  const jumpHosts = said.jumpHosts.flatMap((entry) => endpoints.get(entry.name) ?? []);
  const hosts = said.hosts.map((entry, index): IslandHost => ({
    ...endpointOf(entry, place.locate(['hosts', index])),
    sudo: entry.sudo,
    roles: roles.filter((role) => entry.roles.includes(role)),
    jump: entry.jump === undefined ? undefined : endpoints.get(entry.jump),
    labels: entry.labels,
    size: sizeOf(entry),
    dataDirectories: directoriesOf(said.stores, entry.roles),
  }));
  return {
    ...{ name, domain, channel, network, turn, mail, push, tls, time, secrets },
    ...{ file: place.file, hosts, jumpHosts, stores: storesOf(said) },
  };
}

/** The data directories of a host that has these roles. */
export function directoriesOf(
  stores: IslandFile['stores'],
  hostRoles: readonly Role[],
): readonly DataDirectory[] {
  const kept = storeRoles.filter((role) => hostRoles.includes(role));
  return kept.flatMap((role) => {
    const paths = pathsOf(stores, role);
    const wholeBytes = stores[role].disk ?? roleNeeds[role].diskBytes;
    return paths.map((path) => ({ role, path, sizeBytes: Math.ceil(wholeBytes / paths.length) }));
  });
}

function pathsOf(stores: IslandFile['stores'], role: StoreRole): readonly string[] {
  return role === 'objects' ? stores.objects.dataDirectories : [stores[role].dataDirectory];
}

function endpointsOf(said: IslandFile, locate: Locate): ReadonlyMap<string, SshEndpoint> {
  const all = [
    ...said.hosts.map((entry, index) => endpointOf(entry, locate(['hosts', index]))),
    ...said.jumpHosts.map((entry, index) => endpointOf(entry, locate(['jumpHosts', index]))),
  ];
  return new Map(all.map((endpoint) => [endpoint.name, endpoint]));
}

function endpointOf(
  { name, address, user, port, hostKey }: IslandFile['jumpHosts'][number],
  where: string,
): SshEndpoint {
  return { name, address, user, port, hostKey, where };
}

/** Roles that share a host need their sum. */
function sizeOf({ size, roles: hostRoles }: HostEntry): IslandHost['size'] {
  if (size !== undefined) return { cores: size.cores, memoryBytes: size.memory };
  const sum = (field: 'cores' | 'memoryBytes'): number =>
    hostRoles.reduce((total, role) => total + roleNeeds[role][field], 0);
  return { cores: sum('cores'), memoryBytes: sum('memoryBytes') };
}

function storesOf({ stores, hosts }: IslandFile): Island['stores'] {
  const count = (role: Role): number => hosts.filter((host) => host.roles.includes(role)).length;
  return {
    replication: stores.replication ?? Math.min(3, count('cassandra'), count('search')),
    // Half is the file cache's, which both stores live from.
    cassandraHeapBytes: stores.cassandra.heap ?? roleNeeds.cassandra.memoryBytes / 2,
    searchHeapBytes: stores.search.heap ?? roleNeeds.search.memoryBytes / 2,
    redisMode: stores.redis.mode,
  };
}
