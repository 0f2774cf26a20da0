import { describe, expect, it } from '@jest/globals';
import { encodeHeader, paddingBytes, readHeader } from '../../../../cli/bundle/ustar.js';

function changed(change: (header: Buffer) => void, repair = true): Buffer {
  const header = encodeHeader({ name: 'a', sizeBytes: 5 });
  change(header);
  if (!repair) return header;
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'ascii');
  return header;
}

describe('ustar headers', () => {
  it('are read as they were written, up to a byte below 8 GiB', () => {
    for (const entry of [
      { name: 'oci-layout', sizeBytes: 0 },
      { name: 'x'.repeat(100), sizeBytes: 8 * 1024 ** 3 - 1 },
    ])
      expect(readHeader(encodeHeader(entry))).toEqual({ kind: 'entry', entry });
  });

  it('cannot hold 8 GiB, a name of 101 bytes or one outside ASCII', () => {
    expect(() => encodeHeader({ name: 'a', sizeBytes: 8 * 1024 ** 3 })).toThrow(TypeError);
    expect(() => encodeHeader({ name: 'x'.repeat(101), sizeBytes: 1 })).toThrow(TypeError);
    expect(() => encodeHeader({ name: 'ü', sizeBytes: 1 })).toThrow(TypeError);
  });

  it.each([
    ['1', 'a hard link'],
    ['2', 'a symbolic link'],
    ['3', 'a character device'],
    ['4', 'a block device'],
    ['5', 'a folder'],
    ['6', 'a fifo'],
    ['x', 'a PAX record'],
    ['g', 'a global PAX record'],
    ['L', 'a GNU long name'],
    ['K', 'a GNU long link name'],
    ['S', 'a GNU sparse file'],
    ['\0', 'a header that this format does not have'],
  ])('of the type %j are foreign: %s', (type, what) => {
    const header = changed((bytes) => bytes.write(type, 156, 'latin1'));
    expect(readHeader(header)).toEqual({ kind: 'foreign', what });
  });

  it.each<[string, (header: Buffer) => void]>([
    ['another mode', (header) => header.write('0000755', 100)],
    ['an owner', (header) => header.write('0000001', 108)],
    ['a date', (header) => header.write('00000000001', 136)],
    ['a link name', (header) => header.write('/etc/passwd', 157)],
    ['a prefix', (header) => header.write('../..', 345)],
    ['a user name', (header) => header.write('root', 265)],
    ['a size in base 256', (header) => (header[124] = 0x80)],
    ['a size with spaces', (header) => header.write('         5 \0', 124)],
    ['a GNU magic', (header) => header.write('ustar  \0', 257)],
    ['bytes after its name', (header) => header.write('a\0b', 0)],
    ['a byte in its unused end', (header) => (header[511] = 1)],
  ])('with %s are foreign', (_, change) => {
    expect(readHeader(changed(change)).kind).toBe('foreign');
  });

  it('with a wrong checksum are foreign', () => {
    const header = changed((bytes) => bytes.write('b', 0), false);
    expect(readHeader(header)).toEqual({ kind: 'foreign', what: 'a header with a wrong checksum' });
  });

  it('of zeros are the end', () => {
    expect(readHeader(Buffer.alloc(512))).toEqual({ kind: 'end' });
  });

  it('know how much fills the last block', () => {
    expect([0, 1, 511, 512, 513].map(paddingBytes)).toEqual([0, 511, 1, 0, 511]);
  });
});
