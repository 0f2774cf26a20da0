import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { extractComponents, selectComponents } from '../../../cli/bundle/extract.js';
import { openBundle } from '../../../cli/bundle/reader.js';
import { busyboxRef, makeSmallBundle, never } from '../../helpers/bundles.js';
import { codeOf } from '../../helpers/codes.js';
import { readEntries, writeEntries } from '../../helpers/tamper.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const unsigned = () => Promise.resolve(new Uint8Array());

let world: World;
let file: string;
let out: string;

beforeEach(async () => {
  world = await createWorld();
  ({ file } = await makeSmallBundle(world, { sign: unsigned }));
  out = join(world.work, 'out');
});

afterEach(() => world.remove());

async function extract(...names: readonly string[]): Promise<void> {
  const bundle = await openBundle(file, () => Promise.resolve());
  try {
    const selected = selectComponents(bundle.document.components, names);
    await extractComponents(bundle, selected, { out, signal: never });
  } finally {
    await bundle.close();
  }
}

describe('components taken out of a bundle', () => {
  it('are files at their paths, executable where they were', async () => {
    await extract('notes', 'tool');
    expect(await readFile(join(out, 'notes/doc/notes.txt'), 'utf8')).toBe('read me\n');
    expect((await stat(join(out, 'notes/doc/notes.txt'))).mode & 0o777).toBe(0o644);
    expect(spawnSync(join(out, 'tool/bin/tool'), { encoding: 'utf8' }).stdout).toBe('tool\n');
  });

  it('are an OCI layout where they are images', async () => {
    await extract('busybox');
    const words = ['inspect', `oci:${join(out, 'busybox')}:${busyboxRef}`];
    expect(spawnSync('skopeo', words, { env: process.env }).status).toBe(0);
  });

  it('never take the place of what is there, a link included', async () => {
    await mkdir(join(out, 'notes'), { recursive: true });
    await symlink('/nowhere', join(out, 'tool'));
    expect(await codeOf(extract('busybox', 'notes'))).toBe('OUTPUT_EXISTS');
    expect(await codeOf(extract('tool'))).toBe('OUTPUT_EXISTS');
    expect((await readdir(out)).sort()).toEqual(['notes', 'tool']);
  });

  it('leave nothing where a blob is not what was signed, nor what came before it', async () => {
    const entries = await readEntries(file);
    const changed = entries.map((entry) =>
      entry.bytes.toString() === 'read me\n'
        ? { ...entry, bytes: Buffer.from('read ME\n') }
        : entry,
    );
    await writeEntries(file, changed);
    const before = await snapshot(world.work);
    out = join(world.work, 'new', 'out');
    expect(await codeOf(extract('tool', 'notes'))).toBe('BLOB_DIGEST_MISMATCH');
    expect(await snapshot(world.work)).toEqual(before);
  });

  it('leave a folder that was there, and what was in it', async () => {
    await mkdir(join(out, 'tool'), { recursive: true });
    expect(await codeOf(extract('notes', 'tool'))).toBe('OUTPUT_EXISTS');
    expect(await readdir(out)).toEqual(['tool']);
  });

  it('are not put where a file is', async () => {
    await writeFile(out, 'mine');
    expect(await codeOf(extract('notes'))).toBe('OUTPUT_NOT_WRITABLE');
    expect(await readFile(out, 'utf8')).toBe('mine');
  });

  it('that a bundle does not have are refused, with the nearest one', async () => {
    await expect(extract('note')).rejects.toMatchObject({
      code: 'COMPONENT_UNKNOWN',
      message: expect.stringContaining('did you mean notes?'),
    });
  });
});

describe('a blob that is read in place', () => {
  it('ends with an error before its last bytes are handed out where they are not what was signed', async () => {
    const entries = await readEntries(file);
    const layer = entries.findIndex(({ bytes }) => bytes.length > 1024 * 1024);
    const changed = entries.map((entry, index) => {
      if (index !== layer) return entry;
      const bytes = Buffer.from(entry.bytes);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      return { ...entry, bytes };
    });
    await writeEntries(file, changed);
    const bundle = await openBundle(file, () => Promise.resolve());
    const entry = bundle.document.entries.find(({ size }) => size > 1024 * 1024);
    if (entry === undefined) throw new TypeError('no layer');
    let seen = 0;
    const reading = (async () => {
      for await (const chunk of bundle.readBlob(entry.digest)) seen += chunk.length;
    })();
    expect(await codeOf(reading)).toBe('BLOB_DIGEST_MISMATCH');
    expect(seen).toBeLessThan(entry.size);
    await bundle.close();
  });

  it('has an offset that any tool can read it from', async () => {
    const bundle = await openBundle(file, () => Promise.resolve());
    await bundle.close();
    const entry = bundle.document.entries.find(({ size }) => size === 8);
    if (entry === undefined) throw new TypeError('no notes');
    const start = bundle.blobOffset(entry.digest) ?? 0;
    expect((await readFile(file)).toString('utf8', start, start + 8)).toBe('read me\n');
  });
});
