import type { Blob } from '../digest.js';
import type { BlobStore } from './blob-store.js';

/** Those of some blobs that the store does not have, in their order. */
export async function missingBlobs<B extends Blob>(
  store: Pick<BlobStore, 'found'>,
  blobs: readonly B[],
): Promise<readonly B[]> {
  const found = await Promise.all(blobs.map((blob) => store.found(blob)));
  return blobs.filter((_blob, at) => found[at] === undefined);
}
