import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { zipMembers } from '../../../../cli/bundle/unpack-zip.js';

interface Entry {
  readonly path: string;
  readonly text: string;
  /** The Unix mode in the upper half of the external attributes. */
  readonly mode?: number;
}

describe('a zip of somebody else', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-offline-zip-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (bytes: Uint8Array) => {
    const file = join(folder, 'archive');
    await writeFile(file, bytes);
    const found: [string, string][] = [];
    for await (const member of zipMembers({ file, label: 'a', maxMembers: 3, maxBytes: 1000 })) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of await member.open()) chunks.push(chunk);
      found.push([member.path, Buffer.concat(chunks).toString('utf8')]);
    }
    return found;
  };

  it('gives its files and leaves out its folders', async () => {
    const bytes = zipOf([
      { path: 'm@v1/', text: '' },
      { path: 'm@v1/go.mod', text: 'module m\n', mode: 0o100644 },
    ]);
    expect(await read(bytes)).toEqual([['m@v1/go.mod', 'module m\n']]);
  });

  it.each<[string, Entry[]]>([
    ['a symbolic link', [{ path: 'x', text: '/etc', mode: 0o120777 }]],
    ['a device', [{ path: 'x', text: '', mode: 0o020644 }]],
    ['a name with a dot', [{ path: 'a/./x', text: '' }]],
    ['an empty name in its path', [{ path: 'a//x', text: '' }]],
    ['a name with a control character', [{ path: 'a\nb', text: '' }]],
    [
      'the same name twice',
      [
        { path: 'x', text: '' },
        { path: 'x', text: '' },
      ],
    ],
    ['more bytes than allowed', [{ path: 'x', text: 'x'.repeat(1001) }]],
    ['more members than allowed', ['1', '2', '3', '4'].map((path) => ({ path, text: '' }))],
  ])('is refused with %s', async (_, entries) => {
    await expect(read(zipOf(entries))).rejects.toMatchObject({ code: 'ARCHIVE_UNSAFE' });
  });

  it.each([
    ['is no zip', Buffer.from('no zip')],
    ['is cut off', zipOf([{ path: 'x', text: 'text' }]).subarray(0, -4)],
    ['has a name that leaves the folder', zipOf([{ path: '../x', text: '' }])],
    ['has an absolute name', zipOf([{ path: '/etc/passwd', text: '' }])],
  ])('is refused when it %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });
});

/** Source: APPNOTE.TXT, 4.3.7, 4.3.12 and 4.3.16. */
function zipOf(entries: readonly Entry[]): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, text, mode = 0 } of entries) {
    const data = deflateRawSync(text);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crcOf(text), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(Buffer.byteLength(text), 18);
    common.writeUInt16LE(Buffer.byteLength(path), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(path), data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE((mode << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    const made = Buffer.from([20, 3]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), made, common, rest, Buffer.from(path)]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, central, end]);
}

/** The check sum of gzip's trailer is that of zip. */
function crcOf(text: string): number {
  return gzipSync(text).readUInt32LE(gzipSync(text).length - 8);
}
