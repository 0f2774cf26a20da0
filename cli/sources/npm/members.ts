import { readTarMembers } from '../../bundle/unpack-tar.js';
import type { Blob, Digest } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import type { SourceTools } from '../source.js';

export interface Member {
  readonly path: string;
  readonly executable: boolean;
  readonly blob: Blob;
}

export interface Extraction {
  /** Its bytes are in the store; they are hashed once more before they are read. */
  readonly tarball: { readonly name: string; readonly version: string; readonly digest: Digest };
  readonly wanted: readonly string[];
  readonly tools: SourceTools;
}

/** Larger than the Node runtime's package by far. */
const caps = { maxMembers: 100_000, maxBytes: 4 * 1024 * 1024 * 1024 } as const;

/**
 * Puts members of a package's tarball into the store, in the order they were asked for.
 *
 * @throws {WireOfflineError} NPM_FILE_MISSING, ARCHIVE_UNSAFE, ARCHIVE_INVALID, STORE_BLOB_CHANGED.
 */
export async function extractMembers({
  tarball,
  wanted,
  tools,
}: Extraction): Promise<readonly Member[]> {
  const label = `npm ${tarball.name}@${tarball.version}`;
  const stored = await tools.store.verified(tarball.digest);
  if (stored === undefined) {
    throw new WireOfflineError('STORE_BLOB_CHANGED', {
      message: `${label}: expected its tarball in the store, got none that is whole`,
      hint: 'run the command again: it is downloaded once more',
    });
  }
  const names = new Set(wanted);
  const taken = await readTarMembers(
    { file: stored.file, label, ...caps },
    names,
    async (member) => {
      const { digest, sizeBytes } = await tools.store.put(member.bytes);
      return { path: member.path, executable: member.executable, blob: { digest, sizeBytes } };
    },
  );
  return [...names].map((path) => taken.get(path) ?? missing(label, path));
}

function missing(label: string, path: string): never {
  throw new WireOfflineError('NPM_FILE_MISSING', {
    message: `${label}: expected a file ${path} in the tarball, got none`,
    hint: 'look at the names: npm pack, then tar -t',
  });
}
