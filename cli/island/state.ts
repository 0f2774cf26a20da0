import type { IslandHost } from './island.js';

/** What a host of an island remembers, on each of them: accepted bundles, and on the assets host the lock. */
export const stateFolder = '/var/lib/wire-offline';

/** Who changes this island now; on the assets host. */
export const lockFile = `${stateFolder}/lock`;

/** A record for each bundle of the channel that the island has accepted. */
export function acceptedFolder(channel: string): string {
  return `${stateFolder}/accepted/${channel}`;
}

/** Where the assets host keeps what bundles bring. */
export interface AssetStore {
  /** `<hex>`: a blob by its SHA-256, each byte once. */
  readonly blobs: string;
  /** `<hex>`: a blob that has not wholly arrived, from its start. */
  readonly incoming: string;
  /** `<hex of the identity>/`: `bundle.json` and `bundle.sigs` of each bundle that was pushed. */
  readonly releases: string;
}

/** The folders of the assets host's store; they share a file system, so that a blob is moved, never copied. */
export function assetStore({ dataDirectories, where }: IslandHost): AssetStore {
  const root = dataDirectories.find(({ role }) => role === 'assets')?.path;
  if (root === undefined) throw new TypeError(`${where}: only an assets host has a store`);
  return {
    blobs: `${root}/blobs/sha256`,
    incoming: `${root}/incoming`,
    releases: `${root}/releases`,
  };
}
