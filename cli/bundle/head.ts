import type { FileHandle } from 'node:fs/promises';
import { digestOf, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { openInput, readAt } from './input-file.js';
import { entryNames, maxDocumentBytes, signaturesSizeBytes } from './layout.js';
import { writeAll } from './block-sink.js';
import { blockBytes, paddingBytes, readHeader } from './ustar.js';

/** The first two entries of a bundle, as raw as they were read: nothing of them is parsed. */
export interface RawHead {
  readonly bundleJson: Uint8Array;
  /** The whole of `bundle.sigs`, 64 KiB. */
  readonly signatures: Uint8Array;
  /** The SHA-256 of `bundleJson`: what the bundle is called everywhere. */
  readonly identity: Digest;
}

/** Where the parts of the head lie in the file. */
interface HeadPlaces {
  readonly document: { readonly start: number; readonly sizeBytes: number };
  readonly signaturesStart: number;
  readonly end: number;
}

/**
 * Reads the head of an open file; no size in it makes this read or hold more than 16 MiB and a little.
 * `end` is the offset of the header that follows.
 *
 * @throws {WireOfflineError} BUNDLE_UNRECOGNISED where the file does not begin as a bundle does, BUNDLE_TRUNCATED,
 * BUNDLE_TAR_INVALID
 */
export async function readHead(handle: FileHandle): Promise<RawHead & { readonly end: number }> {
  const { document, signaturesStart, end } = await findHead(handle);
  const bundleJson = await readAll(handle, document);
  const signatures = await readAll(handle, {
    start: signaturesStart,
    sizeBytes: signaturesSizeBytes,
  });
  return { bundleJson, signatures, identity: digestOf(bundleJson), end };
}

/**
 * Changes the signatures of a bundle, in place and synced; nothing else of the file changes. Gives the new ones.
 *
 * @throws {WireOfflineError} INPUT_UNREADABLE, BUNDLE_UNRECOGNISED, BUNDLE_TRUNCATED, BUNDLE_TAR_INVALID; whatever
 * `change` throws
 */
export async function changeSignatures(
  file: string,
  change: (head: RawHead) => Uint8Array,
): Promise<Uint8Array> {
  const { handle } = await openInput(file, 'r+');
  try {
    const { signaturesStart } = await findHead(handle);
    const area = change(await readHead(handle));
    if (area.length !== signaturesSizeBytes)
      throw new TypeError(`bundle.sigs: ${String(area.length)} bytes`);
    await writeAll(handle, area, signaturesStart);
    await handle.sync();
    return area;
  } finally {
    await handle.close();
  }
}

async function findHead(handle: FileHandle): Promise<HeadPlaces> {
  const first = readHeader(
    await readAll(handle, { start: 0, sizeBytes: blockBytes }, unrecognised),
  );
  if (first.kind !== 'entry' || first.entry.name !== entryNames.document) throw unrecognised();
  const { sizeBytes } = first.entry;
  if (sizeBytes > maxDocumentBytes)
    throw invalid(`bundle.json of at most ${String(maxDocumentBytes)} bytes`, String(sizeBytes));
  const start = blockBytes + sizeBytes + paddingBytes(sizeBytes);
  await refusePadding(handle, {
    start: blockBytes + sizeBytes,
    sizeBytes: paddingBytes(sizeBytes),
  });
  const second = readHeader(await readAll(handle, { start, sizeBytes: blockBytes }));
  if (
    second.kind !== 'entry' ||
    second.entry.name !== entryNames.signatures ||
    second.entry.sizeBytes !== signaturesSizeBytes
  )
    throw invalid(
      `bundle.sigs of ${String(signaturesSizeBytes)} bytes after bundle.json`,
      second.kind === 'entry' ? second.entry.name : second.kind === 'end' ? 'the end' : second.what,
    );
  const signaturesStart = start + blockBytes;
  return {
    document: { start: blockBytes, sizeBytes },
    signaturesStart,
    end: signaturesStart + signaturesSizeBytes,
  };
}

async function refusePadding(
  handle: FileHandle,
  part: { readonly start: number; readonly sizeBytes: number },
): Promise<void> {
  const padding = await readAll(handle, part);
  if (padding.some((byte) => byte !== 0)) throw invalid('zeros after bundle.json', 'other bytes');
}

async function readAll(
  handle: FileHandle,
  part: { readonly start: number; readonly sizeBytes: number },
  failure: () => WireOfflineError = truncated,
): Promise<Buffer> {
  const bytes = await readAt(handle, part);
  if (bytes.length < part.sizeBytes) throw failure();
  return bytes;
}

/** The error for a file that ends before its bundle does. */
export function truncated(): WireOfflineError {
  return new WireOfflineError('BUNDLE_TRUNCATED', {
    message: 'bundle: expected more bytes, got the end of the file',
    hint: 'copy the file again; where it came in parts, join them again',
  });
}

function unrecognised(): WireOfflineError {
  return new WireOfflineError('BUNDLE_UNRECOGNISED', {
    message: 'file: expected a bundle of wire-offline, got something else',
    hint: 'name the file that `wire-offline bundle` or `wire-offline join` wrote',
  });
}

function invalid(expected: string, got: string): WireOfflineError {
  return new WireOfflineError('BUNDLE_TAR_INVALID', {
    message: `bundle: expected ${expected}, got ${got}`,
    hint: 'fetch the bundle again from where it was made; do not use this file',
  });
}
