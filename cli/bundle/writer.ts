import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { digestOf, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { BlobStore, StoredBlob } from '../store/blob-store.js';
import type { ByteProgress } from '../ui/progress.js';
import { BlockSink } from './block-sink.js';
import { canonicalBytes } from './canonical-json.js';
import { compose, type NamedComponent } from './compose.js';
import type { BundleDocument, BundleEntry, BundleHead } from './document.js';
import { checkImages } from './image-check.js';
import { openInput } from './input-file.js';
import { entryNames, maxDocumentBytes, signaturesSizeBytes } from './layout.js';
import { writeOutput } from './output-file.js';
import { findSame } from './same-bundle.js';
import { encodeHeader, endBytes, paddingBytes } from './ustar.js';

export interface BundleInput {
  /** Where the bundle goes. */
  readonly file: string;
  /** Puts the bundle in the place of a file that is there. */
  readonly force: boolean;
  readonly head: BundleHead;
  readonly components: readonly NamedComponent[];
  readonly store: Pick<BlobStore, 'found' | 'verified'>;
  /** What becomes `bootstrap.tar`. */
  readonly bootstrap?: StoredBlob;
  /**
   * Signs the bytes of `bundle.json`, besides what is in the `bundle.sigs` of the same bundle that the new one takes
   * the place of; gives the text of one signature or more, at most 64 KiB.
   */
  readonly sign: (bundleJson: Uint8Array, there: Uint8Array | undefined) => Promise<Uint8Array>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ByteProgress) => void;
}

export interface WrittenBundle {
  readonly identity: Digest;
  readonly sizeBytes: number;
  readonly document: BundleDocument;
  /** Whether the file was this very bundle already, and was left as it is. */
  readonly unchanged: boolean;
}

/**
 * Writes a bundle in one pass, each blob hashed while it is copied; the same input and signatures give the same
 * bytes. The file appears whole or not at all; one that may be replaced and has these very bytes is left alone.
 *
 * @throws {WireOfflineError} BLOB_TOO_LARGE, BUNDLE_CONTENT_INVALID, STORE_BLOB_CHANGED, OUTPUT_EXISTS,
 * DISK_FULL, OUTPUT_NOT_WRITABLE, INPUT_UNREADABLE; the signal's reason; whatever `sign` throws.
 */
export async function writeBundle(input: BundleInput): Promise<WrittenBundle> {
  const { head, components, bootstrap, signal, onProgress } = input;
  const { document, generated } = compose({
    head,
    components,
    ...(bootstrap === undefined ? {} : { bootstrap }),
  });
  const bundleJson = canonicalBytes(document);
  refuseLongDocument(bundleJson);
  await checkImages(document, input.store);
  const identity = digestOf(bundleJson);
  const options = { signal, ...(onProgress === undefined ? {} : { onProgress }) };
  const same = input.force ? await findSame(input.file, bundleJson, options) : undefined;
  const signatures = padded(await input.sign(bundleJson, same?.signatures));
  if (same !== undefined && Buffer.compare(same.signatures, signatures) === 0)
    return { identity, sizeBytes: same.sizeBytes, document, unchanged: true };
  return await writeOutput(input, async (handle) => {
    const sink = new BlockSink(handle);
    await appendBytes(sink, entryNames.document, bundleJson);
    await appendBytes(sink, entryNames.signatures, signatures);
    await appendEntries({ input, document, generated, sink });
    await sink.append(new Uint8Array(endBytes));
    await sink.end();
    return { identity, sizeBytes: sink.position, document, unchanged: false };
  });
}

interface Writing {
  readonly input: BundleInput;
  readonly document: BundleDocument;
  readonly generated: ReadonlyMap<Digest, Uint8Array>;
  readonly sink: BlockSink;
}

async function appendEntries(writing: Writing): Promise<void> {
  const { input, document, generated, sink } = writing;
  const entries = document.entries.filter((entry) => entry.in === 'bundle');
  const totalBytes = entries.reduce((sum, { size }) => sum + size, 0);
  let doneBytes = 0;
  const see = (bytes: Uint8Array): void => {
    input.signal.throwIfAborted();
    doneBytes += bytes.length;
    input.onProgress?.({ doneBytes, totalBytes });
  };
  for (const entry of entries) {
    input.signal.throwIfAborted();
    const bytes = entry.name === entryNames.bootstrap ? undefined : generated.get(entry.digest);
    if (bytes === undefined) await appendFile(writing, entry, see);
    else {
      await appendBytes(sink, entry.name, bytes);
      see(bytes);
    }
  }
}

async function appendFile(
  { input, sink }: Writing,
  entry: BundleEntry,
  see: (bytes: Uint8Array) => void,
): Promise<void> {
  const { handle } = await openInput(await fileOf(input, entry));
  try {
    await sink.append(encodeHeader({ name: entry.name, sizeBytes: entry.size }));
    const hash = createHash('sha256');
    const part = { start: 0, sizeBytes: entry.size };
    const copied = await sink.appendFrom(handle, part, (bytes) => {
      hash.update(bytes);
      see(bytes);
    });
    const same = copied === entry.size && `sha256:${hash.digest('hex')}` === entry.digest;
    if (!same || (await goesOn(handle, entry.size))) {
      await input.store.verified(entry.digest);
      throw changed(entry, 'other bytes');
    }
  } finally {
    await handle.close();
  }
  await sink.append(new Uint8Array(paddingBytes(entry.size)));
}

async function fileOf({ bootstrap, store }: BundleInput, entry: BundleEntry): Promise<string> {
  if (entry.name === entryNames.bootstrap && bootstrap !== undefined) return bootstrap.file;
  const stored = await store.found({ digest: entry.digest, sizeBytes: entry.size });
  if (stored === undefined) throw changed(entry, 'none');
  return stored.file;
}

async function appendBytes(sink: BlockSink, name: string, bytes: Uint8Array): Promise<void> {
  await sink.append(encodeHeader({ name, sizeBytes: bytes.length }));
  await sink.append(bytes);
  await sink.append(new Uint8Array(paddingBytes(bytes.length)));
}

async function goesOn(handle: FileHandle, sizeBytes: number): Promise<boolean> {
  return (await handle.stat()).size > sizeBytes;
}

/** The area of `bundle.sigs`: the signatures, then zeros. */
export function padded(signatures: Uint8Array): Uint8Array {
  if (signatures.length > signaturesSizeBytes)
    throw new TypeError(`${String(signatures.length)} bytes of signatures`);
  const area = new Uint8Array(signaturesSizeBytes);
  area.set(signatures);
  return area;
}

function refuseLongDocument(bundleJson: Uint8Array): void {
  if (bundleJson.length <= maxDocumentBytes) return;
  throw new WireOfflineError('BUNDLE_CONTENT_INVALID', {
    message: `bundle.json: expected at most ${String(maxDocumentBytes)} bytes, got ${String(bundleJson.length)}`,
    hint: 'divide the recipe into several bundles',
  });
}

function changed({ name, digest }: BundleEntry, got: string): WireOfflineError {
  return new WireOfflineError('STORE_BLOB_CHANGED', {
    message: `${name}: expected the bytes of ${digest}, got ${got}`,
    hint: 'something else writes to the cache or the file: run the command again',
  });
}
