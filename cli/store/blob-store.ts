import type { Blob, Digest } from '../digest.js';

/** A folder of blobs named by their content, shared by all runs of a user: `<cache>/blobs/sha256/<hex>`. */
export interface BlobStore {
  /** The blob's file when it is there and its bytes were hashed by this run and are what its name says. */
  verified(digest: Digest): Promise<StoredBlob | undefined>;
  /** Writes a stream under its own digest: temp file, hash while writing, fsync, rename. */
  put(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
}

export interface StoredBlob extends Blob {
  readonly file: string;
}
