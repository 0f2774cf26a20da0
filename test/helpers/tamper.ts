import { readFile, writeFile } from 'node:fs/promises';
import { canonicalBytes } from '../../cli/bundle/canonical-json.js';
import { padded } from '../../cli/bundle/writer.js';
import {
  blockBytes,
  encodeHeader,
  endBytes,
  paddingBytes,
  readHeader,
} from '../../cli/bundle/ustar.js';
import type { Sign } from './bundles.js';

/** An entry as bytes: header, content and padding can each be made wrong. */
export interface RawEntry {
  readonly header: Buffer;
  readonly bytes: Buffer;
  readonly padding: Buffer;
}

export function rawEntry(name: string, bytes: Uint8Array): RawEntry {
  return {
    header: encodeHeader({ name, sizeBytes: bytes.length }),
    bytes: Buffer.from(bytes),
    padding: Buffer.alloc(paddingBytes(bytes.length)),
  };
}

export function nameOf({ header }: RawEntry): string {
  return header.toString('latin1', 0, 100).replace(/\0.*$/s, '');
}

/** The entries of a good bundle. */
export async function readEntries(file: string): Promise<RawEntry[]> {
  const bytes = await readFile(file);
  const entries: RawEntry[] = [];
  let offset = 0;
  for (;;) {
    const header = bytes.subarray(offset, offset + blockBytes);
    const reading = readHeader(header);
    if (reading.kind !== 'entry') return entries;
    const start = offset + blockBytes;
    const { sizeBytes } = reading.entry;
    const end = start + sizeBytes;
    offset = end + paddingBytes(sizeBytes);
    entries.push({
      header: Buffer.from(header),
      bytes: Buffer.from(bytes.subarray(start, end)),
      padding: Buffer.from(bytes.subarray(end, offset)),
    });
  }
}

/** Writes entries as a bundle, whatever they are. */
export async function writeEntries(
  file: string,
  entries: readonly RawEntry[],
  end: Uint8Array = Buffer.alloc(endBytes),
): Promise<void> {
  const parts = entries.flatMap(({ header, bytes, padding }) => [header, bytes, padding]);
  await writeFile(file, Buffer.concat([...parts, end]));
}

/** Changes a header's bytes and makes its checksum right again. */
export function withHeader(entry: RawEntry, change: (header: Buffer) => void): RawEntry {
  const header = Buffer.from(entry.header);
  change(header);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return { ...entry, header };
}

/** A JSON document that can be changed freely. */
export type Loose = Record<string, unknown>;

/** Replaces `bundle.json` by what `change` makes of it, and signs that. */
export async function resign(
  entries: readonly RawEntry[],
  sign: Sign,
  change: (document: Loose) => unknown,
): Promise<RawEntry[]> {
  const [head, , ...rest] = entries;
  const document: unknown = JSON.parse(head?.bytes.toString() ?? '');
  if (!isLoose(document)) throw new TypeError('bundle.json');
  const changed = change(document);
  const bundleJson = changed instanceof Uint8Array ? changed : canonicalBytes(changed ?? document);
  const signatures = padded(await sign(bundleJson));
  return [rawEntry('bundle.json', bundleJson), rawEntry('bundle.sigs', signatures), ...rest];
}

/** The value at a path of keys, as a record to change. */
export function at(document: unknown, ...path: readonly (string | number)[]): Loose {
  let value = document;
  for (const key of path) value = isLoose(value) ? value[key] : undefined;
  if (!isLoose(value)) throw new TypeError(path.join('.'));
  return value;
}

function isLoose(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null;
}
