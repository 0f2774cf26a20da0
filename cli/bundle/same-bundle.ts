import { lstat } from 'node:fs/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { hashBlobs, type HashOptions } from './hash-blobs.js';
import { openBundle } from './reader.js';

/** A file that already is a bundle of some document, every entry of it hashed. */
export interface SameBundle {
  readonly sizeBytes: number;
  /** The whole of its `bundle.sigs`. */
  readonly signatures: Uint8Array;
}

/**
 * Whether the file already is the bundle with that document, whoever signed it; nothing when it is any other file, a
 * link, or none. It costs a read on all cores, where writing the same bytes again costs the disk.
 *
 * @throws the signal's reason
 */
export async function findSame(
  file: string,
  bundleJson: Uint8Array,
  options: HashOptions,
): Promise<SameBundle | undefined> {
  const before = await placeOf(file);
  if (before === undefined) return undefined;
  try {
    const bundle = await openBundle(file, (head) => Promise.resolve(head));
    try {
      const { acceptance: head, handle, sizeBytes } = bundle;
      if (Buffer.compare(head.bundleJson, bundleJson) !== 0) return undefined;
      await hashBlobs(bundle, options);
      const { dev, ino } = await handle.stat();
      // What was hashed is what lies there, before and after: a name can come to mean another file.
      const isThere = [before, await placeOf(file)].every(
        (place) => place === `${String(dev)} ${String(ino)}`,
      );
      return isThere ? { sizeBytes, signatures: head.signatures } : undefined;
    } finally {
      await bundle.close();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof WireOfflineError) return undefined;
    throw error;
  }
}

/** Which regular file the name means, the name itself being no link. */
async function placeOf(file: string): Promise<string | undefined> {
  try {
    const seen = await lstat(file);
    return seen.isFile() ? `${String(seen.dev)} ${String(seen.ino)}` : undefined;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}
