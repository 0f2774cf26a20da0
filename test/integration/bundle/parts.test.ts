import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { joinParts } from '../../../cli/bundle/join.js';
import { openBundle } from '../../../cli/bundle/reader.js';
import { splitBundle } from '../../../cli/bundle/split.js';
import { WireOfflineError } from '../../../cli/errors.js';
import { fileComponent, makeSmallBundle, never } from '../../helpers/bundles.js';
import { codeOf } from '../../helpers/codes.js';
import { createWorld, snapshot, type World } from '../../helpers/world.js';

const unsigned = () => Promise.resolve(new Uint8Array());

let world: World;
let file: string;
let folder: string;
let parts: readonly string[];

beforeEach(async () => {
  world = await createWorld();
  file = await bundleOf(7, 'one.bundle');
  folder = join(world.work, 'parts');
  parts = await split(file, folder);
});

afterEach(() => world.remove());

async function bundleOf(fill: number, name: string): Promise<string> {
  const bundle = await makeSmallBundle(world, {
    file: join(world.work, name),
    sign: unsigned,
    more: async (store) => [
      await fileComponent(store, {
        name: 'big',
        path: 'big',
        bytes: Buffer.alloc(2_500_000, fill),
      }),
    ],
  });
  return bundle.file;
}

async function split(bundle: string, out: string, maxPartBytes = 1_000_000): Promise<string[]> {
  const opened = await openBundle(bundle, () => Promise.resolve());
  try {
    const made = await splitBundle(opened, { maxPartBytes, out, signal: never });
    return made.map((part) => part.file);
  } finally {
    await opened.close();
  }
}

function joinAll(given: readonly string[], out = join(world.work, 'joined')): Promise<unknown> {
  return joinParts({ parts: given, out, signal: never, judge: () => Promise.resolve() });
}

describe('parts of a bundle', () => {
  it('are no larger than asked for and make the same file again in any order', async () => {
    for (const part of parts) expect((await readFile(part)).length).toBeLessThanOrEqual(1_000_000);
    expect(parts.length).toBe(4);
    const before = await snapshot(folder);
    const out = join(world.work, 'joined');
    await joinAll([...parts].reverse(), out);
    expect((await readFile(out)).equals(await readFile(file))).toBe(true);
    expect(await snapshot(folder)).toEqual(before);
  });

  it('of an earlier run that was stopped are kept where they are whole', async () => {
    const [first = '', second = ''] = parts;
    await rm(second);
    const kept = (await snapshot(folder)).get(first.slice(folder.length + 1));
    await split(file, folder);
    expect((await snapshot(folder)).get(first.slice(folder.length + 1))).toBe(kept);
    await joinAll(parts);
  });

  it('are not written over what has their name, and none of this run stays then', async () => {
    const [, , third = ''] = parts;
    for (const part of parts) await rm(part);
    await writeFile(third, 'mine');
    expect(await codeOf(split(file, folder))).toBe('PART_INVALID');
    expect(await readdir(folder)).toEqual([third.slice(folder.length + 1)]);
    expect(await readFile(third, 'utf8')).toBe('mine');
  });

  it('leave no folder where they cannot be written', async () => {
    const before = await snapshot(world.work);
    const opened = await openBundle(file, () => Promise.resolve());
    const reason = new WireOfflineError('INTERRUPTED', { message: 'stopped' });
    const out = join(world.work, 'new', 'parts');
    const signal = AbortSignal.abort(reason);
    expect(await codeOf(splitBundle(opened, { maxPartBytes: 1_000_000, out, signal }))).toBe(
      'INTERRUPTED',
    );
    await opened.close();
    expect(await snapshot(world.work)).toEqual(before);
  });

  it('are not put where a file is', async () => {
    expect(await codeOf(split(file, file))).toBe('OUTPUT_NOT_WRITABLE');
  });

  it('that are pipes are refused and not waited for, when they are read and in their place', async () => {
    const [first = '', ...rest] = parts;
    await rm(first);
    spawnSync('mkfifo', [first]);
    expect(await codeOf(split(file, folder))).toBe('INPUT_UNREADABLE');
    expect(await codeOf(joinAll([...rest, first]))).toBe('INPUT_UNREADABLE');
  });

  async function refused(given: readonly string[]): Promise<unknown> {
    const before = await snapshot(world.work);
    const failure: unknown = await joinAll(given).catch((error: unknown) => error);
    expect(await snapshot(world.work)).toEqual(before);
    return failure;
  }

  it('that are missing are named', async () => {
    expect(await refused([...parts.slice(0, 1), ...parts.slice(2, 3)])).toMatchObject({
      code: 'PART_MISSING',
      problems: [{ where: 'part 2' }, { where: 'part 4' }],
    });
  });

  it('that come twice are named', async () => {
    const copy = join(world.work, 'copy');
    await copyFile(parts[1] ?? '', copy);
    expect(await refused([...parts, copy])).toMatchObject({
      code: 'PART_DUPLICATE',
      problems: [{ where: copy }],
    });
  });

  it('that belong to another bundle are named', async () => {
    const [first = '', ...others] = await split(await bundleOf(8, 'two.bundle'), `${folder}2`);
    expect(others.length).toBe(3);
    expect(await refused([...parts.slice(1), first])).toMatchObject({
      code: 'PART_FOREIGN',
      problems: [{ where: first }],
    });
  });

  it('that are cut in another way are named', async () => {
    const [first = ''] = await split(file, `${folder}2`, 2_000_000);
    expect(await refused([...parts, first])).toMatchObject({
      code: 'PART_FOREIGN',
      problems: [{ where: first }],
    });
  });

  it('that were damaged are all named', async () => {
    for (const part of parts.slice(1, 3)) {
      const bytes = await readFile(part);
      bytes[500_000] = (bytes[500_000] ?? 0) ^ 1;
      await writeFile(part, bytes);
    }
    expect(await refused(parts)).toMatchObject({
      code: 'PART_DIGEST_MISMATCH',
      problems: parts.slice(1, 3).map((where) => ({ where })),
    });
  });

  it('that were cut off, grew or never were parts are refused by name', async () => {
    const [first = '', ...rest] = parts;
    const whole = await readFile(first);
    const wrong = [
      whole.subarray(0, 500_000),
      whole.subarray(0, 100),
      Buffer.concat([whole, Buffer.alloc(1)]),
      Buffer.concat([Buffer.from(' '), whole.subarray(1)]),
      Buffer.alloc(8192),
    ];
    for (const bytes of wrong) {
      await writeFile(first, bytes);
      const failure = await refused([...rest, first]);
      expect(failure).toMatchObject({ code: 'PART_INVALID' });
      expect(String(failure)).toContain(first);
    }
  });

  it('make no file where the judge refuses what they make', async () => {
    const before = await snapshot(world.work);
    const judge = () => Promise.reject(new Error('no'));
    const out = join(world.work, 'joined');
    await expect(joinParts({ parts, out, signal: never, judge })).rejects.toThrow('no');
    expect(await snapshot(world.work)).toEqual(before);
  });

  it('are not joined over a file that is there', async () => {
    await mkdir(join(world.work, 'there'));
    expect(await codeOf(joinAll(parts, file))).toBe('OUTPUT_EXISTS');
    expect(await codeOf(joinAll(parts, join(world.work, 'there')))).toBe('OUTPUT_EXISTS');
  });
});
