import { createHash, type Hash } from 'node:crypto';
import { ftruncateSync, writeSync } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestSchema, type Digest } from '../digest.js';
import { hasSystemCode } from '../errors.js';
import type { PartialBlob, StoredBlob } from './blob-store.js';
import { onStore, onStoreNow } from './store-errors.js';

const readBytes = 256 * 1024;

/** What a partial file needs of the store it is in. */
export interface PartialPlaces {
  /** Where it lies while it is written: this caller's alone. */
  readonly file: string;
  /** Where it is left for the next run; absent where nothing can resume it. */
  readonly released: string | undefined;
  /** Where a finished blob belongs; told once it is there. */
  readonly blobs: string;
  /** Takes away a folder that has a blob's name, which a file cannot replace. */
  readonly setAside: (digest: Digest) => Promise<unknown>;
  readonly finished: (blob: StoredBlob) => Promise<void>;
}

/** A blob under a temporary name, hashed while it is written; see `PartialBlob`. */
export class PartialFile implements PartialBlob {
  readonly #places: PartialPlaces;
  readonly #algorithms: readonly string[];
  readonly #handle: FileHandle;
  #hashes = new Map<string, Hash>();
  #sizeBytes = 0;

  private constructor(
    places: PartialPlaces,
    open: { readonly handle: FileHandle; readonly algorithms: readonly string[] },
  ) {
    this.#places = places;
    this.#handle = open.handle;
    this.#algorithms = [...new Set(['sha256', ...open.algorithms])];
  }

  /** Opens it, and hashes the bytes that an earlier run left in it. */
  static async open(places: PartialPlaces, algorithms: readonly string[]): Promise<PartialFile> {
    return onStore(places.file, async () => {
      const handle = await open(places.file, 'a+', 0o600);
      const partial = new PartialFile(places, { handle, algorithms });
      partial.#startHashes();
      await partial.#hashWhatIsThere();
      return partial;
    });
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  append(bytes: Uint8Array): void {
    onStoreNow(this.#places.file, () => {
      for (let at = 0; at < bytes.byteLength;) at += writeSync(this.#handle.fd, bytes, at);
    });
    this.#count(bytes);
  }

  restart(): void {
    onStoreNow(this.#places.file, () => {
      ftruncateSync(this.#handle.fd);
    });
    this.#startHashes();
  }

  hexOf(algorithm: string): string {
    const hash = this.#hashes.get(algorithm);
    if (hash === undefined) throw new TypeError(`${algorithm} was not asked for`);
    return hash.copy().digest('hex');
  }

  async finish(): Promise<StoredBlob> {
    const digest: Digest = z.parse(digestSchema, `sha256:${this.hexOf('sha256')}`);
    const file = join(this.#places.blobs, this.hexOf('sha256'));
    const blob = { digest, sizeBytes: this.#sizeBytes, file };
    await onStore(this.#places.file, async () => {
      // Not synced: what a power cut damages is seen when it is hashed before its next use, and fetched again.
      await this.#handle.close();
      await this.#moveTo(blob);
    });
    await this.#places.finished(blob);
    return blob;
  }

  async release(): Promise<void> {
    const { file, released } = this.#places;
    if (released === undefined || this.#sizeBytes === 0) return this.discard();
    await onStore(file, async () => {
      await this.#handle.close();
      await rename(file, released);
    });
  }

  async discard(): Promise<void> {
    await onStore(this.#places.file, async () => {
      await this.#handle.close();
      await unlink(this.#places.file);
    });
  }

  async #moveTo({ digest, file }: StoredBlob): Promise<void> {
    try {
      await rename(this.#places.file, file);
    } catch (error) {
      if (!hasSystemCode(error, 'EISDIR')) throw error;
      await this.#places.setAside(digest);
      await rename(this.#places.file, file);
    }
  }

  #startHashes(): void {
    this.#sizeBytes = 0;
    this.#hashes = new Map(this.#algorithms.map((name) => [name, createHash(name)]));
  }

  #count(bytes: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(bytes);
    this.#sizeBytes += bytes.byteLength;
  }

  async #hashWhatIsThere(): Promise<void> {
    const buffer = Buffer.allocUnsafe(readBytes);
    for (;;) {
      const { bytesRead } = await this.#handle.read(buffer, 0, readBytes, this.#sizeBytes);
      if (bytesRead === 0) return;
      this.#count(buffer.subarray(0, bytesRead));
    }
  }
}
