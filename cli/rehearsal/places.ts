import { join } from 'node:path';
import { stateHome } from '../config/xdg.js';

type Env = Readonly<Record<string, string | undefined>>;

/** The folder that has a folder for each island that this user has standing. */
export function rehearsalFolder(env: Env): string {
  return join(stateHome(env), 'wire-offline', 'rehearsal');
}

/** What is kept of an island, all of it in one folder. */
export interface IslandPlaces {
  readonly folder: string;
  readonly stateFile: string;
  readonly islandFile: string;
  readonly keyFile: string;
  readonly knownHostsFile: string;
  /** There where a host's sudo asks for a password. */
  readonly sudoPasswordFile: string;
}

export function islandPlaces(rehearsals: string, island: string): IslandPlaces {
  const folder = join(rehearsals, island);
  const under = (name: string): string => join(folder, name);
  return {
    ...{ folder, stateFile: under('rehearsal.json'), islandFile: under('island.yaml') },
    ...{ keyFile: under('id_ed25519'), knownHostsFile: under('known_hosts') },
    sudoPasswordFile: under('sudo-password'),
  };
}

/** What is kept of a host. */
export interface HostPlaces {
  readonly folder: string;
  /** The disk that `/` is on. */
  readonly rootImage: string;
  /** Where that disk is mounted, in the mount namespace of the host's container alone. */
  readonly rootFolder: string;
  /** What is copied over the root at the first start. */
  readonly seedFolder: string;
  /** The number of the process that stands for the container. */
  readonly pidFile: string;
  readonly consoleFile: string;
}

export function hostPlaces({ folder }: Pick<IslandPlaces, 'folder'>, host: string): HostPlaces {
  const own = join(folder, 'hosts', host);
  const under = (name: string): string => join(own, name);
  return {
    ...{ folder: own, rootImage: under('root.img'), rootFolder: under('root') },
    ...{ seedFolder: under('seed'), pidFile: under('pid'), consoleFile: under('console.log') },
  };
}

/** The image of a data disk and where it is mounted, by its place in the host's list. */
export function diskPlaces(
  { folder }: Pick<HostPlaces, 'folder'>,
  index: number,
): { readonly image: string; readonly folder: string } {
  const own = join(folder, `disk-${String(index + 1)}`);
  return { image: `${own}.img`, folder: own };
}
