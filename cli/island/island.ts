import type { HostKey } from './host-key.js';
import type { Role, StoreRole } from './roles.js';
import type { IslandFile } from './schema.js';

/** How one machine is reached over SSH. */
export interface SshEndpoint {
  readonly name: string;
  /** Of a host an IPv4 address; of a jump host it may be a DNS name. */
  readonly address: string;
  readonly user: string;
  readonly port: number;
  /** Absent until it is pinned: then nothing may connect. */
  readonly hostKey: HostKey | undefined;
  /** `file:line:column path` of its entry, for problems that show later. */
  readonly where: string;
}

/** What a host has, or must have. */
export interface HostSize {
  readonly cores: number;
  readonly memoryBytes: number;
}

/** A directory that is a file system of its own. */
export interface DataDirectory {
  readonly role: StoreRole;
  readonly path: string;
  readonly sizeBytes: number;
}

/** A host of the island. */
export interface IslandHost extends SshEndpoint {
  readonly sudo: 'none' | 'prompt';
  /** In the order in which an island comes up. */
  readonly roles: readonly Role[];
  /** The machine that the connection goes through. */
  readonly jump: SshEndpoint | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** What preflight expects, said or derived from its roles. */
  readonly size: HostSize;
  /** Said or derived from its roles. */
  readonly dataDirectories: readonly DataDirectory[];
}

/** Copies and memory of the stores, said or derived. */
export interface IslandStores {
  /** Copies of each row and of each search index. */
  readonly replication: number;
  readonly cassandraHeapBytes: number;
  readonly searchHeapBytes: number;
  readonly redisMode: 'single';
}

/** What an island file says, with everything derived that it leaves out. */
export interface Island extends Pick<
  IslandFile,
  'name' | 'domain' | 'channel' | 'network' | 'turn' | 'mail' | 'push' | 'tls' | 'time' | 'secrets'
> {
  /** The file as the user named it. */
  readonly file: string;
  /** In the order of the file. */
  readonly hosts: readonly IslandHost[];
  readonly jumpHosts: readonly SshEndpoint[];
  readonly stores: IslandStores;
}

/** The hosts that have a role, in the order of the file. */
export function hostsWith(island: Island, role: Role): readonly IslandHost[] {
  return island.hosts.filter((host) => host.roles.includes(role));
}
