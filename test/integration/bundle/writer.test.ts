import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openBundle } from '../../../cli/bundle/reader.js';
import { changeSignatures } from '../../../cli/bundle/head.js';
import { writeBundle, type BundleInput } from '../../../cli/bundle/writer.js';
import { WireOfflineError } from '../../../cli/errors.js';
import {
  busyboxRef,
  fileComponent,
  makeSmallBundle,
  never,
  smallHead,
  type SmallBundle,
} from '../../helpers/bundles.js';
import { codeOf } from '../../helpers/codes.js';
import { createWorld, type World } from '../../helpers/world.js';

const unsigned = () => Promise.resolve(new Uint8Array());

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.remove());

/** What `makeSmallBundle` writes, to be written again in another way. */
function again(bundle: SmallBundle, change: Partial<BundleInput>): Promise<string> {
  const { store, components } = bundle;
  const input = { store, components, head: smallHead, force: false, sign: unsigned, signal: never };
  return codeOf(writeBundle({ file: join(world.work, 'again.bundle'), ...input, ...change }));
}

describe('writing a bundle', () => {
  it('gives the same bytes for the same input from another folder with another cache', async () => {
    const first = await makeSmallBundle(world, { sign: unsigned });
    const other = await createWorld();
    try {
      const second = await makeSmallBundle(other, { sign: unsigned });
      expect((await readFile(first.file)).equals(await readFile(second.file))).toBe(true);
      expect(first.identity).toBe(second.identity);
    } finally {
      await other.remove();
    }
  });

  it('gives a file that GNU tar and the reader see the same entries in', async () => {
    const { file } = await makeSmallBundle(world, { sign: unsigned });
    const { stdout, stderr, status } = spawnSync('tar', ['-tf', file], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const bundle = await openBundle(file, () => Promise.resolve());
    await bundle.close();
    const names = bundle.entries.map(({ entry }) => entry.name);
    expect(stdout.trimEnd().split('\n')).toEqual(['bundle.json', 'bundle.sigs', ...names]);
  });

  it('gives a file that skopeo reads every image from', async () => {
    const { file } = await makeSmallBundle(world, { sign: unsigned });
    const words = ['inspect', `oci-archive:${file}:${busyboxRef}`];
    const { stdout, status } = spawnSync('skopeo', words, { encoding: 'utf8', env: process.env });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Architecture: 'amd64', Os: 'linux' });
    const copy = ['copy', '-q', `oci-archive:${file}:${busyboxRef}`, `dir:${world.work}/copied`];
    expect(spawnSync('skopeo', copy).status).toBe(0);
  });

  it('takes no output that exists, unless told to replace it', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    expect(await again(bundle, { file: bundle.file })).toBe('OUTPUT_EXISTS');
    await writeFile(bundle.file, 'old');
    expect(await again(bundle, { file: bundle.file, force: true })).toBe('none');
    const opened = await openBundle(bundle.file, () => Promise.resolve());
    await opened.close();
    expect(opened.document.name).toBe('small');
  });

  it('leaves nothing where the disk is full or cannot be written to', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const disk = join(world.folder, 'disk');
    await mkdir(disk);
    const mount = (...words: string[]) => spawnSync('mount', [...words, disk]).status;
    expect(mount('-t', 'tmpfs', '-o', 'size=256k', 'none')).toBe(0);
    try {
      const file = join(disk, 'x.bundle');
      expect(await again(bundle, { file })).toBe('DISK_FULL');
      expect(await readdir(disk)).toEqual([]);
      expect(mount('-o', 'remount,ro')).toBe(0);
      expect(await again(bundle, { file })).toBe('OUTPUT_NOT_WRITABLE');
    } finally {
      spawnSync('umount', [disk]);
    }
    const absent = join(world.work, 'absent', 'x.bundle');
    expect(await again(bundle, { file: absent })).toBe('OUTPUT_NOT_WRITABLE');
  });

  it('leaves nothing where it is stopped in the middle', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const before = await readdir(world.work);
    const abort = new AbortController();
    const reason = new WireOfflineError('INTERRUPTED', { message: 'stopped' });
    const onProgress = (): void => {
      abort.abort(reason);
    };
    expect(await again(bundle, { signal: abort.signal, onProgress })).toBe('INTERRUPTED');
    expect(await readdir(world.work)).toEqual(before);
  });

  it('refuses a blob that is gone from the store or changed under its name', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const digest = bundle.components[1]?.items[0];
    if (digest?.kind !== 'file') throw new TypeError('no file');
    const stored = await bundle.store.verified(digest.blob.digest);
    if (stored === undefined) throw new TypeError('no blob');
    const other = () => Promise.resolve(stored);
    const cheat = { found: other, verified: other };
    expect(await again(bundle, { components: bundle.components.slice(1), store: cheat })).toBe(
      'STORE_BLOB_CHANGED',
    );
    const notes = { components: bundle.components.slice(1, 2) };
    for (const bytes of ['read ME\n', 'read me\nmore']) {
      await rm(stored.file, { force: true });
      await writeFile(stored.file, bytes);
      expect(await again(bundle, notes)).toBe('STORE_BLOB_CHANGED');
    }
    await rm(stored.file);
    expect(await again(bundle, notes)).toBe('STORE_BLOB_CHANGED');
  });

  it('sets a blob aside that was changed under its name, so that it is fetched anew', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const digest = bundle.components[1]?.items[0];
    if (digest?.kind !== 'file') throw new TypeError('no file');
    const stored = await bundle.store.verified(digest.blob.digest);
    if (stored === undefined) throw new TypeError('no blob');
    await writeFile(stored.file, 'read ME\n');
    await again(bundle, { components: bundle.components.slice(1, 2) });
    expect(await bundle.store.found(digest.blob)).toBeUndefined();
  });

  it('leaves a file alone that is this very bundle, and replaces any other', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const file = join(world.work, 'again.bundle');
    const forced = { file, force: true };
    expect(await again(bundle, forced)).toBe('none');
    const before = await stat(file);
    expect(await again(bundle, forced)).toBe('none');
    expect((await stat(file)).ino).toBe(before.ino);
    const bytes = await readFile(file);
    for (const at of [600, bytes.length - 3000]) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      await writeFile(file, damaged);
      expect(await again(bundle, forced)).toBe('none');
      expect(await readFile(file)).toEqual(bytes);
    }
    await writeFile(file, 'something else');
    expect(await again(bundle, forced)).toBe('none');
    expect(await readFile(file)).toEqual(bytes);
  });

  it('refuses a blob of 8 GiB before it is read', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const [component] = bundle.components.slice(1);
    const [item] = component?.items ?? [];
    if (component === undefined || item?.kind !== 'file') throw new TypeError('no file');
    const blob = { ...item.blob, sizeBytes: 8 * 1024 ** 3 };
    const components = [{ ...component, items: [{ ...item, blob }] }];
    expect(await again(bundle, { components })).toBe('BLOB_TOO_LARGE');
  });

  it.each([
    ['paths that differ in case only', 'doc/a', 'doc/A'],
    ['a file below a file', 'doc', 'doc/a'],
    ['a path that leads out', 'doc/a', '../x'],
    ['the same path twice', 'doc/a', 'doc/a'],
  ])('refuses %s, naming the component', async (_, left, right) => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const one = await fileComponent(bundle.store, { name: 'docs', path: left, bytes: '1' });
    const two = await fileComponent(bundle.store, { name: 'docs', path: right, bytes: '2' });
    const components = [{ ...one, items: [...one.items, ...two.items] }];
    expect(await again(bundle, { components })).toBe('BUNDLE_CONTENT_INVALID');
  });

  it('refuses an image whose manifest names other blobs than were collected', async () => {
    const bundle = await makeSmallBundle(world, { sign: unsigned });
    const [image] = bundle.components;
    const [item] = image?.items ?? [];
    if (image === undefined || item?.kind !== 'image') throw new TypeError('no image');
    const components = [{ ...image, items: [{ ...item, blobs: item.blobs.slice(1) }] }];
    expect(await again(bundle, { components })).toBe('BUNDLE_CONTENT_INVALID');
  });
});

describe('signatures', () => {
  it('are put in place, and nothing else of the file changes', async () => {
    const { file, identity } = await makeSmallBundle(world, { sign: unsigned });
    const before = await readFile(file);
    await changeSignatures(file, () => Buffer.alloc(65_536, 's'));
    const after = await readFile(file);
    const changed = [...after.keys()].filter((index) => after[index] !== before[index]);
    expect(changed.length).toBe(65_536);
    expect((changed.at(-1) ?? 0) - (changed[0] ?? 0)).toBe(65_535);
    const bundle = await openBundle(file, (head) => Promise.resolve(head));
    await bundle.close();
    expect(bundle.identity).toBe(identity);
    expect(Buffer.from(bundle.acceptance.signatures).equals(Buffer.alloc(65_536, 's'))).toBe(true);
  });
});
