import { randomUUID } from 'node:crypto';
import { lstat, open, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf, type Blob, type Digest } from '../digest.js';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import type { BlobStore, Derived, PartialBlob, StoredBlob } from './blob-store.js';
import { hashAll, openBlob, stateOf } from './blob-file.js';
import { readDerived, writeDerived } from './derived-records.js';
import { sweep, takeOver, unresumable } from './leftovers.js';
import { makeFolder } from './make-folder.js';
import { ownOwner } from './owner.js';
import { PartialFile } from './partial-file.js';
import { onStore } from './store-errors.js';

export interface StoreOptions {
  /** Told what the user should know: a damaged blob that was set aside. */
  readonly note?: (text: string) => void;
}

/**
 * Opens the store below a cache folder, making what is missing of it.
 *
 * @throws {WireOfflineError} STORE_UNSAFE where others may write there; DISK_FULL, STORE_READ_ONLY, STORE_FAILED.
 */
export async function openStore(
  cacheFolder: string,
  options: StoreOptions = {},
): Promise<BlobStore> {
  const folders = foldersBelow(cacheFolder);
  await onStore(cacheFolder, async () => {
    for (const folder of Object.values(folders)) await makeFolder(folder);
    for (const folder of Object.values(folders)) await refuseUnsafe(folder);
    await sweep(folders.partial);
  });
  return new FolderStore(folders, { note: options.note, owner: await ownOwner() });
}

type Folders = ReturnType<typeof foldersBelow>;

function foldersBelow(cache: string) {
  return {
    cache,
    blobs: join(cache, 'blobs', 'sha256'),
    /** Blobs under way: `<name>.free`, or `<name>.<owner>.<unique>` while a process has it. */
    partial: join(cache, 'partial'),
    /** Blobs whose bytes were not what their name says, kept for a look. */
    damaged: join(cache, 'damaged'),
    derived: join(cache, 'derived'),
  } as const;
}

/** What is made here gets signed, and a derived record is taken at its word: nobody else may write one. */
async function refuseUnsafe(folder: string): Promise<void> {
  const { mode, uid } = await stat(folder);
  const ownUid = process.geteuid?.();
  if ((mode & 0o022) === 0 && (uid === ownUid || uid === 0)) return;
  throw new WireOfflineError('STORE_UNSAFE', {
    message: `store ${folder}: expected a folder that only you can write to, got owner ${String(uid)} and mode ${(mode & 0o777).toString(8)}`,
    hint: `chmod -R go-w ${folder}, or choose a folder of your own with --cache`,
  });
}

class FolderStore implements BlobStore {
  readonly #folders: Folders;
  readonly #note: (text: string) => void;
  readonly #owner: string;
  /** What this run hashed, by the state of the file that it saw. */
  readonly #proven = new Map<Digest, { readonly state: string; readonly blob: StoredBlob }>();

  readonly #checks = new Map<Digest, Promise<StoredBlob | undefined>>();

  constructor(
    folders: Folders,
    run: { readonly note: StoreOptions['note']; readonly owner: string },
  ) {
    this.#folders = folders;
    this.#note = run.note ?? silently;
    this.#owner = run.owner;
  }

  async verified(digest: Digest): Promise<StoredBlob | undefined> {
    const running = this.#checks.get(digest);
    if (running !== undefined) return running;
    const file = join(this.#folders.blobs, hexOf(digest));
    const check = onStore(file, () => this.#check(digest, file)).finally(() => {
      this.#checks.delete(digest);
    });
    this.#checks.set(digest, check);
    return check;
  }

  async found({ digest, sizeBytes }: Blob): Promise<StoredBlob | undefined> {
    const file = join(this.#folders.blobs, hexOf(digest));
    const seen = await onStore(file, () => lstat(file).catch(noneWhereMissing));
    const isIt = seen?.isFile() === true && seen.size === sizeBytes;
    return isIt ? { digest, sizeBytes, file } : undefined;
  }

  async put(bytes: AsyncIterable<Uint8Array>): Promise<StoredBlob> {
    const partial = await this.#open(`${unresumable}${randomUUID()}`, {
      algorithms: [],
      resumable: false,
    });
    try {
      for await (const chunk of bytes) partial.append(chunk);
    } catch (error) {
      await partial.discard();
      throw error;
    }
    return partial.finish();
  }

  async derived(key: string): Promise<Derived | undefined> {
    const made = await readDerived(this.#folders.derived, key);
    if (made === undefined) return undefined;
    const found = await Promise.all(Object.values(made).map((blob) => this.found(blob)));
    return found.includes(undefined) ? undefined : made;
  }

  async putDerived(key: string, made: Readonly<Record<string, Blob>>): Promise<void> {
    await writeDerived(this.#folders.derived, { key, made });
  }

  async openPartial(key: string, algorithms: readonly string[]): Promise<PartialBlob> {
    return this.#open(hexOf(digestOf(key)), { algorithms, resumable: true });
  }

  async #open(
    name: string,
    how: { readonly algorithms: readonly string[]; readonly resumable: boolean },
  ): Promise<PartialFile> {
    const { partial: folder, blobs } = this.#folders;
    const file = join(folder, `${name}.${this.#owner}.${randomUUID()}`);
    if (how.resumable) await onStore(folder, () => takeOver({ folder, name, file }));
    return PartialFile.open(
      {
        file,
        blobs,
        released: how.resumable ? join(folder, `${name}.free`) : undefined,
        setAside: (digest) => this.#setAside(digest, 'a folder'),
        finished: async (blob) => {
          const handle = await open(blob.file);
          this.#proven.set(blob.digest, { state: await stateOf(handle), blob });
          await handle.close();
        },
      },
      how.algorithms,
    );
  }

  async #check(digest: Digest, file: string): Promise<StoredBlob | undefined> {
    const handle = await openBlob(file);
    if (handle === undefined) return undefined;
    if (handle === 'no file') return this.#setAside(digest, 'no regular file');
    try {
      const state = await stateOf(handle);
      const proven = this.#proven.get(digest);
      if (proven?.state === state) return proven.blob;
      const { hex, sizeBytes } = await hashAll(handle);
      if (hex !== hexOf(digest)) return await this.#setAside(digest, `sha256:${hex}`);
      const blob = { digest, sizeBytes, file };
      this.#proven.set(digest, { state, blob });
      return blob;
    } finally {
      await handle.close();
    }
  }

  async #setAside(digest: Digest, got: string): Promise<StoredBlob | undefined> {
    const { blobs, damaged } = this.#folders;
    const aside = join(damaged, `${hexOf(digest)}.${randomUUID()}`);
    await rename(join(blobs, hexOf(digest)), aside);
    this.#note(`blob ${digest} in the cache is damaged (${got}): set aside as ${aside}`);
    return undefined;
  }
}

function noneWhereMissing(error: unknown): undefined {
  if (!hasSystemCode(error, 'ENOENT')) throw error;
}

function silently(): void {
  // Nobody asked to be told.
}
