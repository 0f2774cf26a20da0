/** The unit of a tar file. Source: POSIX.1-2017, pax, "ustar Interchange Format". */
export const blockBytes = 512;

/** Two blocks of zeros end the archive; nothing follows them. */
export const endBytes = 2 * blockBytes;

/** A regular file of an archive of ours. */
export interface TarEntry {
  /** At most 100 bytes of ASCII: the layout has no longer ones. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** The one header that an entry of ours has: a regular file of root with the date zero. */
export function encodeHeader({ name, sizeBytes }: TarEntry): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new TypeError(`tar entry name ${name}`);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || sizeBytes >= 8 ** 11)
    throw new TypeError(`tar entry size ${String(sizeBytes)}`);
  const header = Buffer.alloc(blockBytes);
  header.write(name, 0, 'ascii');
  header.write('0000644\0', 100, 'ascii');
  header.write('0000000\0', 108, 'ascii');
  header.write('0000000\0', 116, 'ascii');
  header.write(`${octal(sizeBytes, 11)}\0`, 124, 'ascii');
  header.write(`${octal(0, 11)}\0`, 136, 'ascii');
  header.write('0', 156, 'ascii');
  header.write('ustar\u000000', 257, 'ascii');
  header.write('0000000\0', 329, 'ascii');
  header.write('0000000\0', 337, 'ascii');
  header.write(`${octal(checksumOf(header), 6)}\0 `, 148, 'ascii');
  return header;
}

/** How many zeros follow an entry's bytes to fill its last block. */
export function paddingBytes(sizeBytes: number): number {
  return (blockBytes - (sizeBytes % blockBytes)) % blockBytes;
}

/** What a header is: an entry as our writer writes it, the end, or something that it never writes. */
export type HeaderReading =
  | { readonly kind: 'entry'; readonly entry: TarEntry }
  | { readonly kind: 'end' }
  | { readonly kind: 'foreign'; readonly what: string };

/**
 * Reads one header. Links, devices, PAX and GNU records, folders, other owners or dates, a wrong checksum: all
 * that differs by a byte from what `encodeHeader` gives is foreign, and no other size is ever looked at than
 * the header's own, so that two readers cannot disagree on where the next entry starts.
 */
export function readHeader(header: Uint8Array): HeaderReading {
  const bytes = Buffer.from(header.buffer, header.byteOffset, header.byteLength);
  if (bytes.every((byte) => byte === 0)) return { kind: 'end' };
  const name = field(bytes, 0, 100);
  const size = field(bytes, 124, 12);
  if (!/^[\x21-\x7e]+$/.test(name) || !/^[0-7]{11}$/.test(size))
    return { kind: 'foreign', what: describe(bytes) };
  const entry = { name, sizeBytes: Number.parseInt(size, 8) };
  if (!encodeHeader(entry).equals(bytes)) return { kind: 'foreign', what: describe(bytes) };
  return { kind: 'entry', entry };
}

/** Source: POSIX.1-2017 for digits, `x` and `g`; GNU tar's manual, "Basic Tar Format", for the letters. */
const typeNames: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '5': 'a folder',
  '6': 'a fifo',
  '7': 'a contiguous file',
  x: 'a PAX record',
  g: 'a global PAX record',
  K: 'a GNU long link name',
  L: 'a GNU long name',
  S: 'a GNU sparse file',
};

function describe(header: Buffer): string {
  const type = String.fromCharCode(header[156] ?? 0);
  const stated = Number.parseInt(field(header, 148, 8).trim(), 8);
  if (header.toString('ascii', 257, 262) !== 'ustar') return 'no ustar header';
  if (stated !== checksumOf(header)) return 'a header with a wrong checksum';
  return typeNames[type] ?? 'a header that this format does not have';
}

/** The sum of all bytes with the checksum's own field as spaces. */
function checksumOf(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) if (index < 148 || index >= 156) sum += byte;
  return sum;
}

function field(header: Buffer, start: number, length: number): string {
  const text = header.toString('latin1', start, start + length);
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
