import type { Blob, Digest } from '../digest.js';

/** A folder of blobs named by their content, shared by all runs of a user: `<cache>/blobs/sha256/<hex>`. */
export interface BlobStore {
  /** The blob's file when it is there and its bytes were hashed by this run and are what its name says. */
  verified(digest: Digest): Promise<StoredBlob | undefined>;
  /**
   * The blob's file when one of that size is there by its name. Its bytes are not hashed: whoever uses them hashes
   * them as they are read, and asks `verified` where they are wrong, which sets the file aside.
   */
  found(blob: Blob): Promise<StoredBlob | undefined>;
  /** Writes a stream under its own digest: temp file, hash while writing, rename. */
  put(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob>;
  /** What was once made from the inputs that `key` spells out; nothing when any of its blobs is not found. */
  derived(key: string): Promise<Derived | undefined>;
  /** Remembers what was made from the inputs that `key` spells out: all of them, the builder's version too. */
  putDerived(key: string, made: Readonly<Record<string, Blob>>): Promise<void>;
  /**
   * A download that may have begun in an earlier run, for this caller alone. `key` names its content;
   * `algorithms` are hashed besides SHA-256.
   */
  openPartial(key: string, algorithms: readonly string[]): Promise<PartialBlob>;
}

export interface StoredBlob extends Blob {
  readonly file: string;
}

/** What was made, by the names that its maker gave. */
export type Derived = Readonly<Record<string, Blob>>;

/** A blob while it is downloaded: end it with exactly one of `finish`, `release` and `discard`. */
export interface PartialBlob {
  /** Bytes that are there and hashed; the next byte to ask for. */
  readonly sizeBytes: number;
  /** Written when it returns, so that what brings the bytes can go no faster than the disk. */
  append(bytes: Uint8Array): void;
  /** Forgets all bytes so far. */
  restart(): void;
  /** The hash of the bytes so far, in hex. */
  hexOf(algorithm: string): string;
  /** Gives it its final name. */
  finish(): Promise<StoredBlob>;
  /** Leaves it for the next run. */
  release(): Promise<void>;
  /** Removes it. */
  discard(): Promise<void>;
}
