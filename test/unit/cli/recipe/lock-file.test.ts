import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { digestOf } from '../../../../cli/digest.js';
import { WireOfflineError } from '../../../../cli/errors.js';
import {
  lockFileOf,
  lockText,
  readLock,
  samePin,
  specDigest,
  writeLock,
  type Lock,
} from '../../../../cli/recipe/lock-file.js';
import { sources } from '../../../../cli/sources/registry.js';
import { temporaryFolders } from '../../../helpers/temporary.js';

const newFolder = temporaryFolders();

const pin = (text: string) => ({ digest: digestOf(text), sizeBytes: text.length });

function lockOf(...names: readonly string[]): Lock {
  const spec = specDigest({ name: 'any', kind: 'http', spec: { url: 'http://127.0.0.1/x' } });
  return {
    lockedAt: '2026-03-01T00:00:00Z',
    components: new Map(names.map((name) => [name, { kind: 'http', spec, pin: pin(name) }])),
  };
}

/** Writes a lock, changes its text, and gives what reading it then says. */
async function problemsAfter(change: (text: string) => string): Promise<readonly string[]> {
  const cwd = await newFolder();
  await writeFile(join(cwd, 'x.lock.yaml'), change(lockText(lockOf('a', 'b'))));
  try {
    await readLock({ file: 'x.lock.yaml', cwd }, sources);
  } catch (error) {
    if (!(error instanceof WireOfflineError) || error.code !== 'LOCK_INVALID') throw error;
    return error.problems.map(({ where, expected }) => `${where}: ${expected}`);
  }
  return [];
}

describe('a lock', () => {
  it('lies beside its recipe', () => {
    expect(lockFileOf('recipes/demo.recipe.yaml')).toBe('recipes/demo.lock.yaml');
  });

  it.each(['demo.yaml', '.recipe.yaml', 'demo.recipe.yml'])(
    'has no place beside a recipe called %s',
    (name) => {
      expect(() => lockFileOf(name)).toThrow(/expected a name that ends in \.recipe\.yaml/);
    },
  );

  it('reads back as it was written, with nothing left beside it', async () => {
    const cwd = await newFolder();
    const place = { file: 'x.lock.yaml', cwd };
    await writeLock(place, lockOf('b', 'a'));
    expect(await readLock(place, sources)).toEqual(lockOf('a', 'b'));
    expect(await readFile(join(cwd, 'x.lock.yaml'), 'utf8')).toBe(lockText(lockOf('a', 'b')));
  });

  it('is nothing where there is no file', async () => {
    const cwd = await newFolder();
    expect(await readLock({ file: 'x.lock.yaml', cwd }, sources)).toBeUndefined();
  });

  it('has the same text whatever order its components and keys came in', () => {
    const swapped = new Map(
      [...lockOf('b', 'a').components].map(([name, component]) => {
        const { sizeBytes, digest } = pin(name);
        return [name, { ...component, pin: { sizeBytes, digest } }];
      }),
    );
    const { lockedAt } = lockOf();
    expect(lockText({ lockedAt, components: swapped })).toBe(lockText(lockOf('a', 'b')));
  });
});

describe('a lock that was changed by hand', () => {
  it.each<[string, (text: string) => string, RegExp]>([
    [
      'a pin that still has its form',
      (text) => text.replace(/sizeBytes: 1/, 'sizeBytes: 2'),
      /x\.lock\.yaml:6:5 components\.a: a component as recipe lock wrote it/,
    ],
    [
      'a digest in a pin',
      (text) => text.replace(digestOf('a'), digestOf('z')),
      /components\.a: a component as recipe lock wrote it/,
    ],
    [
      'a digest that is a path',
      (text) => text.replace(digestOf('a'), 'sha256:../../x'),
      /x\.lock\.yaml:\d+:\d+ components\.a\.pin\.digest/,
    ],
    [
      'the digest of a spec',
      (text) => text.replace(/spec: sha256:./, 'spec: sha256:z'),
      /components\.a\.spec/,
    ],
    ['a name that is a path', (text) => text.replace('  a:\n', '  ../a:\n'), /components/],
    ['an unknown field', (text) => `${text}extra: 1\n`, /:\d+:1 extra/],
    ['the time', (text) => text.replace('2026-03-01T00', '2026-03-01 00'), /:3:11 lockedAt/],
  ])('is refused for %s', async (_title, change, says) => {
    expect((await problemsAfter(change)).join('\n')).toMatch(says);
  });
});

describe('the digest of a spec', () => {
  it('follows what the spec says and not how it is written', () => {
    const of = (spec: unknown) => specDigest({ name: 'a', kind: 'http', spec });
    expect(of({ a: 1, b: [2] })).toBe(of({ b: [2], a: 1, c: undefined }));
    expect(of({ a: 1 })).not.toBe(of({ a: 2 }));
    expect(of({})).not.toBe(specDigest({ name: 'a', kind: 'oci', spec: {} }));
  });
});

describe('two pins', () => {
  it('are the same when they say the same', () => {
    expect(samePin({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(samePin({ a: 1 }, { a: 2 })).toBe(false);
  });
});
