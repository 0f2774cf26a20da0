import type { Limits } from './cgroups.js';
import type { RehearsalNetwork } from './network.js';

/** A directory of a host that is a disk of its own: a file of this machine with an ext4 in it. */
export interface RehearsalDisk {
  /** In the host. */
  readonly path: string;
  readonly sizeBytes: number;
}

/** A host as it is to boot. */
export interface RehearsalHost extends Limits {
  readonly name: string;
  readonly address: string;
  /** The port that its sshd listens on. */
  readonly port: number;
  /** Who may log in with the island's key. */
  readonly user: string;
  /** `prompt`: sudo asks the user's password, which is in the island's state folder. */
  readonly sudo: 'none' | 'prompt';
  readonly disks: readonly RehearsalDisk[];
}

/** An island as it is to stand. */
export interface RehearsalIsland {
  readonly name: string;
  readonly network: RehearsalNetwork;
  readonly hosts: readonly RehearsalHost[];
}
