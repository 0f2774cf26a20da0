import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';
import { readTarMembers } from '../../../../cli/bundle/unpack-tar.js';

type Entry = HeaderData & { readonly text?: string };

const file = (path: string, text = 'x', mode = 0o644): Entry => ({
  path,
  text,
  mode,
  type: 'File',
});

describe('a tar of somebody else', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-offline-tar-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const read = async (bytes: Uint8Array, wanted: readonly string[] | 'all', caps = {}) => {
    const archive = join(folder, 'archive');
    await writeFile(archive, bytes);
    const limits = { maxMembers: 10, maxBytes: 1_000_000, ...caps };
    return readTarMembers(
      { file: archive, label: 'a', ...limits },
      wanted === 'all' ? wanted : new Set(wanted),
      async (one) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of one.bytes) chunks.push(chunk);
        return { text: Buffer.concat(chunks).toString('utf8'), executable: one.executable };
      },
    );
  };

  it('gives all members where all are wanted', async () => {
    const members = await read(tarOf([file('p/x'), file('p/y/z')]), 'all');
    expect([...members.keys()]).toEqual(['x', 'y/z']);
  });

  it.each([
    ['plain', (bytes: Buffer) => bytes],
    ['compressed', gzipSync],
  ])('gives the wanted members of it (%s), with their executable bits', async (_, pack) => {
    const entries = [
      { path: 'package/', type: 'Directory' } as const,
      file('package/bin/tool', 'program', 0o755),
      file('package/big', 'y'.repeat(300_000)),
      file('package/README', 'text'),
    ];
    const members = await read(pack(tarOf(entries)), ['README', 'bin/tool', 'absent']);
    expect([...members].sort()).toEqual([
      ['README', { text: 'text', executable: false }],
      ['bin/tool', { text: 'program', executable: true }],
    ]);
  });

  it.each<[string, Entry[]]>([
    ['a symbolic link', [{ path: 'p/x', type: 'SymbolicLink', linkpath: '/etc' }]],
    ['a hard link', [file('p/y'), { path: 'p/x', type: 'Link', linkpath: 'p/y' }]],
    ['a device', [{ path: 'p/x', type: 'CharacterDevice' }]],
    ['a pipe', [{ path: 'p/x', type: 'FIFO' }]],
    ['a name that leaves the folder', [file('p/../../x')]],
    ['a name that leaves the folder at its end', [file('p/a/..')]],
    ['an absolute name', [file('/etc/passwd')]],
    ['a name with a backslash', [file('p/..\\x')]],
    ['a name with a control character', [file('p/a\nb')]],
    ['a file outside of the top folder', [file('x')]],
    ['the same name twice', [file('p/x'), file('p/x')]],
    ['the same name below two top folders', [file('p/x'), file('q/x')]],
    ['more bytes than allowed', [file('p/x', 'x'.repeat(1001))]],
    ['more members than allowed', [file('p/1'), file('p/2'), file('p/3'), file('p/4')]],
  ])('is refused with %s, even where that is not wanted', async (_, entries) => {
    const bytes = tarOf([...entries, file('p/wanted')]);
    await expect(read(bytes, ['wanted'], { maxMembers: 3, maxBytes: 1000 })).rejects.toMatchObject({
      code: 'ARCHIVE_UNSAFE',
    });
  });

  it.each([
    ['cut off in a member', tarOf([file('p/x', 'x'.repeat(5000))]).subarray(0, 2048)],
    ['compressed and cut off', gzipSync(tarOf([file('p/x', 'x'.repeat(5000))])).subarray(0, 40)],
    ['damaged in a header', Buffer.from(tarOf([file('p/x')])).fill(1, 0, 20)],
    ['no tar', Buffer.alloc(4096, 'no tar ')],
  ])('is refused when it is %s', async (_, bytes) => {
    await expect(read(bytes, ['x'])).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
  });

  it('ends with the error of who takes a member', async () => {
    const archive = join(folder, 'archive');
    await writeFile(archive, tarOf([file('p/x', 'x'.repeat(200_000)), file('p/y')]));
    const caps = { maxMembers: 10, maxBytes: 1_000_000 };
    const taken = readTarMembers({ file: archive, label: 'a', ...caps }, new Set(['x']), () =>
      Promise.reject(new RangeError('full')),
    );
    await expect(taken).rejects.toThrow('full');
  });
});

function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ text = '', ...fields }) => {
    const size = fields.type === 'File' ? Buffer.byteLength(text) : 0;
    const header = new Header({ mtime: new Date(0), uid: 0, gid: 0, ...fields, size });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    const body = Buffer.alloc(Math.ceil(size / 512) * 512);
    if (size > 0) body.write(text);
    return [block, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
