import { fingerprintOf } from '../signing/public-key.js';
import { portRules, type PortRule } from './connections.js';
import {
  hostsWith,
  type HostSize,
  type Island,
  type IslandHost,
  type SshEndpoint,
} from './island.js';
import { roles, type Role } from './roles.js';

/** A machine with the fingerprint in the place of the key. */
export interface DescribedEndpoint extends Pick<SshEndpoint, 'name' | 'address' | 'user' | 'port'> {
  /** As `ssh-keygen -l` prints it; nothing where none is pinned. */
  readonly fingerprint: string | null;
}

export interface DescribedHost
  extends DescribedEndpoint, Pick<IslandHost, 'sudo' | 'roles' | 'labels' | 'dataDirectories'> {
  readonly jump: string | null;
  readonly size: HostSize;
}

export interface DescribedRole {
  readonly role: Role;
  readonly hosts: readonly string[];
  /** How many of them may be away before the role stops. */
  readonly mayFail: number;
}

/** All that an island is, said or derived: plain data. */
export interface IslandDescription extends Pick<
  Island,
  | 'file'
  | 'name'
  | 'domain'
  | 'channel'
  | 'network'
  | 'stores'
  | 'mail'
  | 'push'
  | 'tls'
  | 'secrets'
> {
  /** The name that every kubelet and client of the Kubernetes API uses. */
  readonly controlPlaneEndpoint: string;
  readonly hosts: readonly DescribedHost[];
  readonly jumpHosts: readonly DescribedEndpoint[];
  readonly roles: readonly DescribedRole[];
  readonly turn: Island['turn'];
  readonly time: {
    /** The host that all others take the time from. */
    readonly source: string;
    readonly servers: readonly string[];
  };
  readonly ports: readonly PortRule[];
}

/** What an island file means in full; no host is asked. */
export function describeIsland(island: Island): IslandDescription {
  const { file, name, domain, channel, network, stores, mail, push, tls, secrets } = island;
  const turnHosts = hostsWith(island, 'turn').map((host) => [host.name, host.address] as const);
  const externalAddresses = { ...Object.fromEntries(turnHosts), ...island.turn.externalAddresses };
  return {
    ...{ file, name, domain, channel },
    controlPlaneEndpoint: `kubernetes.${domain}:6443`,
    hosts: island.hosts.map(describeHost),
    jumpHosts: island.jumpHosts.map(describeEndpoint),
    roles: roles.map((role) => describeRole(island, role)),
    ...{ network, stores, mail, push, tls, secrets },
    turn: { ...island.turn, externalAddresses },
    time: { source: nameOfFirst(island, 'assets'), servers: island.time.servers },
    ports: portRules(island),
  };
}

function describeEndpoint({ name, address, user, port, hostKey }: SshEndpoint): DescribedEndpoint {
  const fingerprint = hostKey === undefined ? null : fingerprintOf(hostKey);
  return { name, address, user, port, fingerprint };
}

function describeHost(host: IslandHost): DescribedHost {
  const { sudo, roles: hostRoles, labels, size, dataDirectories, jump } = host;
  return {
    ...describeEndpoint(host),
    ...{ sudo, roles: hostRoles, labels, size, dataDirectories },
    jump: jump?.name ?? null,
  };
}

function describeRole(island: Island, role: Role): DescribedRole {
  const hosts = hostsWith(island, role).map(({ name }) => name);
  return { role, hosts, mayFail: failuresBorne(role, { hosts: hosts.length, island }) };
}

/** Stateless roles need one host; in the others a majority decides, of members or of a record's copies. */
function failuresBorne(role: Role, { hosts, island }: { hosts: number; island: Island }): number {
  const spareCopies = island.stores.replication - 1;
  const minority = Math.floor((hosts - 1) / 2);
  switch (role) {
    case 'assets':
    case 'redis':
      return 0;
    case 'etcd':
      return minority;
    case 'cassandra':
      return Math.floor(spareCopies / 2);
    case 'search':
      return Math.min(spareCopies, minority);
    case 'objects':
      return objectFailures(hosts, drivesEach(island));
    case 'kubernetes':
    case 'turn':
      return hosts - 1;
  }
}

function drivesEach(island: Island): number {
  const [first] = hostsWith(island, 'objects');
  return first?.dataDirectories.filter(({ role }) => role === 'objects').length ?? 0;
}

/**
 * Hosts that may be away while objects can still be written: drives form sets of up to 16, each with its parity.
 * Source: MinIO's documentation, "Erasure Coding", the default parity of a set.
 */
function objectFailures(hosts: number, drivesPerHost: number): number {
  const drives = hosts * drivesPerHost;
  const sizes = Array.from({ length: Math.min(16, drives) }, (_, index) => index + 1);
  const setSize = Math.max(...sizes.filter((size) => drives % size === 0));
  const parity = setSize === 1 ? 0 : Math.min(4, Math.floor(setSize / 2));
  const writeQuorum = setSize - parity === parity ? parity + 1 : setSize - parity;
  const drivesOfHostInSet = Math.ceil(setSize / hosts);
  return Math.floor((setSize - writeQuorum) / drivesOfHostInSet);
}

function nameOfFirst(island: Island, role: Role): string {
  return hostsWith(island, role)[0]?.name ?? '';
}
