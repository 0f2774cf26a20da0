import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { digestOf, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { BundleDocument } from './document.js';
import { readHead, truncated, type RawHead } from './head.js';
import { openInput, readAt } from './input-file.js';
import { entryNames } from './layout.js';
import { parseDocument } from './parse-document.js';
import { checkStructure, type PlacedEntry } from './structure.js';

const chunkBytes = 1024 * 1024;

/** Decides on the raw head of a bundle, before anything of it is parsed; throws where it is not trusted. */
export type Accept<A> = (head: RawHead) => Promise<A>;

/** A bundle whose head is accepted and whose structure is what the head says; its blobs are not hashed yet. */
export interface Bundle<A> {
  readonly file: string;
  readonly sizeBytes: number;
  readonly identity: Digest;
  readonly document: BundleDocument;
  /** What `accept` gave. */
  readonly acceptance: A;
  /** Every entry but the head, in the order of the file. */
  readonly entries: readonly PlacedEntry[];
  /** The open file: what is read through it is the file that was judged. */
  readonly handle: FileHandle;
  /**
   * The bytes of an entry's blob, hashed while they are read: the last chunk comes only once all match.
   *
   * @throws {WireOfflineError} BLOB_DIGEST_MISMATCH, BUNDLE_TRUNCATED
   */
  readBlob(digest: Digest): AsyncIterable<Uint8Array>;
  /** Where a blob's bytes start in the file; nothing where it is not in this file. */
  blobOffset(digest: Digest): number | undefined;
  close(): Promise<void>;
}

/**
 * Opens a bundle in the order of trust: raw head, `accept`, then the document, then the structure of the whole
 * file and the two entries that OCI tools read. Close it when done.
 *
 * @throws {WireOfflineError} INPUT_UNREADABLE; whatever `accept` throws; the codes of `readHead`, `parseDocument`
 * and `checkStructure`; BLOB_DIGEST_MISMATCH
 */
export async function openBundle<A>(file: string, accept: Accept<A>): Promise<Bundle<A>> {
  const { handle, sizeBytes } = await openInput(file);
  try {
    const { end, ...head } = await readHead(handle);
    const acceptance = await accept(head);
    const document = parseDocument(head.bundleJson);
    const { entries: listed } = document;
    const entries = await checkStructure({ handle, sizeBytes, start: end, entries: listed });
    await checkLayoutEntries(handle, entries);
    const opened = { file, sizeBytes, identity: head.identity, document, acceptance, entries };
    return { ...opened, ...access(handle, entries) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The document says what these two hold; this says that they do. */
async function checkLayoutEntries(
  handle: FileHandle,
  entries: readonly PlacedEntry[],
): Promise<void> {
  const names: readonly string[] = [entryNames.ociLayout, entryNames.index];
  for (const { entry, start } of entries.filter(({ entry: { name } }) => names.includes(name))) {
    const bytes = await readAt(handle, { start, sizeBytes: entry.size });
    const got = digestOf(bytes);
    if (got !== entry.digest) throw digestMismatch([entry.name], entry.digest, got);
  }
}

function access(
  handle: FileHandle,
  entries: readonly PlacedEntry[],
): Pick<Bundle<unknown>, 'handle' | 'readBlob' | 'blobOffset' | 'close'> {
  const places = new Map(entries.map((placed) => [placed.entry.digest, placed]));
  return {
    handle,
    readBlob: (digest) => readHashed(handle, digest, places.get(digest)),
    blobOffset: (digest) => places.get(digest)?.start,
    close: async () => {
      await handle.close();
    },
  };
}

async function* readHashed(
  handle: FileHandle,
  digest: Digest,
  placed: PlacedEntry | undefined,
): AsyncGenerator<Uint8Array> {
  if (placed === undefined)
    throw new WireOfflineError('BUNDLE_ENTRY_MISSING', {
      message: `blob ${digest}: expected it in this bundle, got none`,
      hint: 'a delta holds only what its base lacks: take the blob from the base',
    });
  const hash = createHash('sha256');
  const { entry, start } = placed;
  let done = 0;
  do {
    const wanted = Math.min(chunkBytes, entry.size - done);
    const chunk = await readAt(handle, { start: start + done, sizeBytes: wanted });
    if (chunk.length < wanted) throw truncated();
    hash.update(chunk);
    done += chunk.length;
    if (done === entry.size) {
      const got: Digest = `sha256:${hash.digest('hex')}`;
      if (got !== digest) throw digestMismatch([entry.name], digest, got);
    }
    yield chunk;
  } while (done < entry.size);
}

/** The error for bytes that are not what the signed document says. */
export function digestMismatch(
  names: readonly string[],
  expected: string,
  got: string,
): WireOfflineError {
  return new WireOfflineError('BLOB_DIGEST_MISMATCH', {
    message: `${names.join(', ')}: expected ${expected}, got ${got}`,
    hint: 'the file was damaged or changed after it was signed: copy it again from where it was made',
  });
}
