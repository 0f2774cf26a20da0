import { WireOfflineError } from '../errors.js';
import { hashBlobs, type HashOptions } from './hash-blobs.js';
import type { RawHead } from './head.js';
import { openBundle } from './reader.js';

/** The first two entries that a bundle is to have. */
export type WantedHead = Pick<RawHead, 'bundleJson' | 'signatures'>;

/**
 * The size of the file in bytes when it already is the bundle with that head, every entry hashed; nothing when it is
 * any other file, or none. It costs a read on all cores, where writing the same bytes again costs the disk.
 *
 * @throws the signal's reason
 */
export async function sizeOfSame(
  file: string,
  wanted: WantedHead,
  options: HashOptions,
): Promise<number | undefined> {
  try {
    const bundle = await openBundle(file, (head) => Promise.resolve(isHead(head, wanted)));
    try {
      if (!bundle.acceptance) return undefined;
      await hashBlobs(bundle, options);
      return bundle.sizeBytes;
    } finally {
      await bundle.close();
    }
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof WireOfflineError) return undefined;
    throw error;
  }
}

function isHead(head: RawHead, wanted: WantedHead): boolean {
  return (
    Buffer.compare(head.bundleJson, wanted.bundleJson) === 0 &&
    Buffer.compare(head.signatures, wanted.signatures) === 0
  );
}
