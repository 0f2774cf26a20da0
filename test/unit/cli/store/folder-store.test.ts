import {
  chmod,
  mkdir,
  readFile,
  readdir,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { digestOf, hexOf } from '../../../../cli/digest.js';
import { openStore } from '../../../../cli/store/folder-store.js';
import { codeOf } from '../../../helpers/codes.js';
import { temporaryFolders } from '../../../helpers/temporary.js';

const folderOf = temporaryFolders();
const hello = Buffer.from('hello');
const digest = digestOf(hello);

async function* pieces(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield await Promise.resolve(Buffer.from(text));
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(hello);
  throw new Error('the stream broke');
}

describe('a blob', () => {
  it('is written under the digest of its bytes, for its user alone', async () => {
    const cache = await folderOf();
    const blob = await (await openStore(cache)).put(pieces('hel', 'lo'));
    expect(blob).toStrictEqual({
      digest,
      sizeBytes: 5,
      file: join(cache, 'blobs', 'sha256', hexOf(digest)),
    });
    expect(await readFile(blob.file, 'utf8')).toBe('hello');
    expect((await stat(blob.file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(cache, 'blobs', 'sha256'))).mode & 0o777).toBe(0o700);
  });

  it('is found again by a later run', async () => {
    const cache = await folderOf();
    const blob = await (await openStore(cache)).put(pieces('hello'));
    expect(await (await openStore(cache)).verified(digest)).toStrictEqual(blob);
  });

  it('is not found where it never was', async () => {
    expect(await (await openStore(await folderOf())).verified(digest)).toBeUndefined();
  });

  it('leaves nothing behind when its stream breaks', async () => {
    const cache = await folderOf();
    await expect((await openStore(cache)).put(failing())).rejects.toThrow('the stream broke');
    expect(await readdir(join(cache, 'partial'))).toStrictEqual([]);
    expect(await readdir(join(cache, 'blobs', 'sha256'))).toStrictEqual([]);
  });
});

describe('a damaged blob', () => {
  it('is set aside, and the user is told', async () => {
    const cache = await folderOf();
    const { file } = await (await openStore(cache)).put(pieces('hello'));
    await writeFile(file, 'hellp');
    const notes: string[] = [];
    const later = await openStore(cache, { note: (text) => notes.push(text) });
    expect(await later.verified(digest)).toBeUndefined();
    expect(notes).toStrictEqual([expect.stringContaining(digest)]);
    expect(await readdir(join(cache, 'blobs', 'sha256'))).toStrictEqual([]);
    expect(await readdir(join(cache, 'damaged'))).toHaveLength(1);
  });

  it('is noticed by the run that wrote it, too', async () => {
    const store = await openStore(await folderOf());
    const { file } = await store.put(pieces('hello'));
    await writeFile(file, 'hellp');
    expect(await store.verified(digest)).toBeUndefined();
  });

  it('is one that is only a link to the right bytes', async () => {
    const cache = await folderOf();
    const store = await openStore(cache);
    const { file } = await store.put(pieces('hello'));
    await rename(file, join(cache, 'elsewhere'));
    await symlink(join(cache, 'elsewhere'), file);
    expect(await store.verified(digest)).toBeUndefined();
    expect(await readFile(join(cache, 'elsewhere'), 'utf8')).toBe('hello');
  });

  it('is a folder by its name, which gives way to the blob', async () => {
    const cache = await folderOf();
    const notes: string[] = [];
    const store = await openStore(cache, { note: (text) => notes.push(text) });
    await mkdir(join(cache, 'blobs', 'sha256', hexOf(digest)));
    const { file } = await store.put(pieces('hello'));
    expect(await readFile(file, 'utf8')).toBe('hello');
    expect(notes).toStrictEqual([expect.stringContaining(digest)]);
    expect(await readdir(join(cache, 'damaged'))).toHaveLength(1);
  });
});

describe('a download under way', () => {
  it('goes on in a later run with the bytes that were left, hashed again', async () => {
    const cache = await folderOf();
    const first = await (await openStore(cache)).openPartial('a key', []);
    first.append(Buffer.from('hel'));
    await first.release();
    const second = await (await openStore(cache)).openPartial('a key', ['sha1']);
    expect(second.sizeBytes).toBe(3);
    second.append(Buffer.from('lo'));
    expect(second.hexOf('sha1')).toBe('aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d');
    expect((await second.finish()).digest).toBe(digest);
    expect(await readdir(join(cache, 'partial'))).toStrictEqual([]);
  });

  it('is never shared by two that want the same', async () => {
    const cache = await folderOf();
    const one = await (await openStore(cache)).openPartial('a key', []);
    const other = await (await openStore(cache)).openPartial('a key', []);
    one.append(Buffer.from('hello'));
    other.append(Buffer.from('hello'));
    expect((await one.finish()).digest).toBe(digest);
    expect((await other.finish()).digest).toBe(digest);
  });

  it('leaves nothing when not one byte came', async () => {
    const cache = await folderOf();
    await (await (await openStore(cache)).openPartial('a key', [])).release();
    expect(await readdir(join(cache, 'partial'))).toStrictEqual([]);
  });

  it('starts again from nothing when it is told to', async () => {
    const partial = await (await openStore(await folderOf())).openPartial('a key', []);
    partial.append(Buffer.from('wrong'));
    partial.restart();
    partial.append(hello);
    expect((await partial.finish()).digest).toBe(digest);
  });
});

describe('what was made from inputs', () => {
  it('is found by the inputs as long as its blobs are there', async () => {
    const cache = await folderOf();
    const store = await openStore(cache);
    const made = await store.put(pieces('hello'));
    await store.putDerived('go 1.26 module@v1', { program: made });
    const { digest, sizeBytes } = made;
    expect(await store.derived('go 1.26 module@v1')).toStrictEqual({
      program: { digest, sizeBytes },
    });
    expect(await store.derived('go 1.26 module@v2')).toBeUndefined();
    await writeFile(made.file, 'longer');
    expect(await store.derived('go 1.26 module@v1')).toBeUndefined();
  });

  it('counts as not made when its record is damaged', async () => {
    const cache = await folderOf();
    const store = await openStore(cache);
    await store.putDerived('key', { program: await store.put(pieces('hello')) });
    for (const name of await readdir(join(cache, 'derived')))
      await writeFile(join(cache, 'derived', name), '{"schemaVersion":1');
    expect(await store.derived('key')).toBeUndefined();
  });
});

describe('a cache folder', () => {
  it('that others may write to is refused', async () => {
    const cache = await folderOf();
    await mkdir(join(cache, 'derived'));
    await chmod(join(cache, 'derived'), 0o777);
    expect(await codeOf(openStore(cache))).toBe('STORE_UNSAFE');
  });

  it('that cannot be made is refused with the system’s reason', async () => {
    expect(await codeOf(openStore('/sys/wire-offline-cache'))).toBe('STORE_READ_ONLY');
    expect(await codeOf(openStore('/dev/null/cache'))).toBe('STORE_FAILED');
  });
});
