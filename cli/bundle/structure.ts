import type { FileHandle } from 'node:fs/promises';
import { WireOfflineError, type ErrorCode } from '../errors.js';
import type { BundleEntry } from './document.js';
import { truncated } from './head.js';
import { readAt } from './input-file.js';
import { blockBytes, endBytes, paddingBytes, readHeader, type TarEntry } from './ustar.js';

/** An entry of the document and where its bytes lie in the file. */
export interface PlacedEntry {
  readonly entry: BundleEntry;
  readonly start: number;
}

interface Walk {
  readonly handle: FileHandle;
  readonly sizeBytes: number;
  /** Where the header after `bundle.sigs` is. */
  readonly start: number;
  readonly entries: readonly BundleEntry[];
}

/**
 * Walks the headers of the whole file without reading what lies between them: the entries that the signed
 * document lists, in its order and with its sizes, then two blocks of zeros, then nothing.
 *
 * @throws {WireOfflineError} BUNDLE_TRUNCATED, BUNDLE_TAR_INVALID, BUNDLE_ENTRY_UNKNOWN, BUNDLE_ENTRY_DUPLICATE,
 * BUNDLE_ENTRY_MISSING, BUNDLE_ENTRY_ORDER, BUNDLE_ENTRY_SIZE, BUNDLE_TRAILING_BYTES
 */
export async function checkStructure(walk: Walk): Promise<readonly PlacedEntry[]> {
  const expected = walk.entries.filter((entry) => entry.in === 'bundle');
  const placed: PlacedEntry[] = [];
  let gapStart = walk.start;
  for (const [index, entry] of expected.entries()) {
    const header = await nextHeader(
      walk,
      gapStart,
      paddingBytes(placed[index - 1]?.entry.size ?? 0),
    );
    const reading = readHeader(header.bytes);
    if (reading.kind === 'foreign') throw failure('BUNDLE_TAR_INVALID', entry.name, reading.what);
    const found = reading.kind === 'end' ? undefined : reading.entry;
    if (found?.name !== entry.name) throw misplaced(found, index, expected);
    if (found.sizeBytes !== entry.size)
      throw failure(
        'BUNDLE_ENTRY_SIZE',
        `${entry.name} of ${String(entry.size)} bytes`,
        String(found.sizeBytes),
      );
    placed.push({ entry, start: header.end });
    gapStart = header.end + entry.size;
  }
  await checkEnd(walk, gapStart, paddingBytes(expected.at(-1)?.size ?? 0), expected);
  return placed;
}

/** The block after an entry's padding, which must be zeros; one read a header. */
async function nextHeader(
  { handle }: Walk,
  start: number,
  padding: number,
): Promise<{ readonly bytes: Uint8Array; readonly end: number }> {
  const sizeBytes = padding + blockBytes;
  const bytes = await readAt(handle, { start, sizeBytes });
  if (bytes.length < sizeBytes) throw truncated();
  if (bytes.subarray(0, padding).some((byte) => byte !== 0))
    throw failure('BUNDLE_TAR_INVALID', 'zeros after an entry', 'other bytes');
  return { bytes: bytes.subarray(padding), end: start + sizeBytes };
}

async function checkEnd(
  walk: Walk,
  start: number,
  padding: number,
  expected: readonly BundleEntry[],
): Promise<void> {
  const first = await nextHeader(walk, start, padding);
  const reading = readHeader(first.bytes);
  if (reading.kind === 'foreign') throw failure('BUNDLE_TAR_INVALID', 'the end', reading.what);
  if (reading.kind === 'entry') throw misplaced(reading.entry, expected.length, expected);
  const second = await nextHeader(walk, first.end, 0);
  const end = start + padding + endBytes;
  if (readHeader(second.bytes).kind !== 'end' || walk.sizeBytes > end)
    throw failure(
      'BUNDLE_TRAILING_BYTES',
      `${String(end)} bytes with zeros at the end`,
      `${String(walk.sizeBytes)} bytes`,
    );
}

/** Which of the ways an entry can be wrong this is. */
function misplaced(
  found: TarEntry | undefined,
  index: number,
  expected: readonly BundleEntry[],
): WireOfflineError {
  const wanted = expected[index]?.name ?? 'the end';
  if (found === undefined) return failure('BUNDLE_ENTRY_MISSING', wanted, 'the end');
  const listedAt = expected.findIndex(({ name }) => name === found.name);
  if (listedAt === -1) return failure('BUNDLE_ENTRY_UNKNOWN', wanted, found.name);
  if (listedAt < index) return failure('BUNDLE_ENTRY_DUPLICATE', wanted, `${found.name} again`);
  return failure('BUNDLE_ENTRY_ORDER', wanted, found.name);
}

function failure(code: ErrorCode, expected: string, got: string): WireOfflineError {
  return new WireOfflineError(code, {
    message: `bundle: expected ${expected}, got ${got}`,
    hint: 'fetch the bundle again from where it was made; do not use this file',
  });
}
