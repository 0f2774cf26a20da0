import { openPromise, type Entry } from 'yauzl';
import { WireOfflineError } from '../errors.js';

/** A member of a zip of somebody else's. */
export interface ZipMember {
  /** The whole name, as the zip has it; forward slashes, plain names only. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

export interface ForeignZip {
  readonly file: string;
  /** What the error calls it. */
  readonly label: string;
  readonly maxMembers: number;
  /** The sum of all members, unpacked. */
  readonly maxBytes: number;
}

/**
 * All files of a zip of somebody else's, one after the other.
 *
 * @throws {WireOfflineError} ARCHIVE_UNSAFE for links, encrypted members, names that leave the folder, doubled
 * members and anything past the caps; ARCHIVE_INVALID for what is no zip.
 */
export async function* zipMembers(zip: ForeignZip): AsyncGenerator<ZipMember> {
  const opened = await onZip(zip, () => openPromise(zip.file));
  try {
    const entries = opened.eachEntry();
    const seen = new Set<string>();
    let bytes = 0;
    for (;;) {
      const next = await onZip(zip, () => entries.next());
      if (next.done === true) return;
      const entry = next.value;
      const path = entry.fileName;
      refuseUnsafe(zip, entry);
      if (seen.has(path)) throw unsafe(zip, path, 'the same name twice');
      seen.add(path);
      bytes += entry.uncompressedSize;
      if (seen.size > zip.maxMembers || bytes > zip.maxBytes)
        throw unsafe(zip, path, 'more members or bytes than anybody publishes');
      const open = () => onZip(zip, () => opened.openReadStreamPromise(entry));
      if (!path.endsWith('/')) yield { path, sizeBytes: entry.uncompressedSize, open };
    }
  } finally {
    opened.close();
  }
}

function refuseUnsafe(zip: ForeignZip, entry: Entry): void {
  const path = entry.fileName;
  const parts = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  if (!parts.every(isPlain)) throw unsafe(zip, path, 'a name that is not plain');
  const unixType = (entry.externalFileAttributes >>> 28) & 0xf;
  if (![0, regularFile, folder].includes(unixType) || entry.isEncrypted())
    throw unsafe(zip, path, 'a link, a device or an encrypted member');
}

/** The top four bits of a Unix mode: stat(2), S_IFREG and S_IFDIR. */
const regularFile = 0o10;
const folder = 0o4;

function isPlain(part: string): boolean {
  return !['', '.', '..'].includes(part) && !/[\\\p{Cc}]/u.test(part);
}

async function onZip<T>(zip: ForeignZip, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new WireOfflineError('ARCHIVE_INVALID', {
      message: `${zip.label}: expected a zip, got ${String(cause)}`,
      hint: 'do not use this file; tell its publisher',
      cause,
    });
  }
}

function unsafe(zip: ForeignZip, path: string, got: string): WireOfflineError {
  return new WireOfflineError('ARCHIVE_UNSAFE', {
    message: `${zip.label}: ${JSON.stringify(path.slice(0, 200))}: expected regular files with plain relative names, got ${got}`,
    hint: 'do not use this file; tell its publisher',
  });
}
