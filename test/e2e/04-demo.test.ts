import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { tracesOf } from '../helpers/machine-traces.js';
import { repositoryRoot } from '../helpers/repository.js';

const folder = join(repositoryRoot, 'artifacts', 'demo');

let said = '';
let before: readonly string[] = [];
// A cold cache means a Go toolchain, a database and a build.
beforeAll(async () => {
  const demo = join(repositoryRoot, 'artifacts', 'build', 'test', 'demo', 'demo.js');
  before = await readCommitted();
  const { all } = await execa(process.execPath, [demo], { all: true });
  said = all;
}, 900_000);

describe('the demo', () => {
  it('bundles real software of every kind, and judges it', () => {
    for (const kind of ['apt', 'go', 'http', 'maven', 'npm', 'oci'])
      expect(said).toMatch(new RegExp(`^\\w+ +${kind} +\\S+ +\\d+ `, 'm'));
    expect(said).toMatch(/^SIGNED BY +demo$/m);
    expect(said).toMatch(/^VERIFIED +every byte$/m);
  });

  it('says what an island would receive of the next bundle', () => {
    expect(said).toMatch(/changed +notice +1\.0\.0 +2\.0\.0/);
    expect(said).toMatch(/an island that has the first receives \d+ B of/);
  });

  it('has its image read by a stock tool', () => {
    expect(said).toMatch(/^sha256:[0-9a-f]{64} linux\/amd64$/m);
  });

  it('boots a real host, brings both bundles to it, and takes it away', async () => {
    const sent = [...said.matchAll(/^island1 +(\S+ \S+) +send (\d+) of (\d+) blobs/gm)];
    // The first, what the second would bring, and the second.
    expect(sent).toHaveLength(3);
    const [first, planned, second] = sent.map(([, , blobs]) => Number(blobs));
    expect(planned).toBe(second);
    expect(second).toBeLessThan((first ?? 0) / 2);
    const name = /--name (demo-\d+)/.exec(said)?.[1] ?? '';
    expect(said).toMatch(new RegExp(`^DOWN\n${name}$`, 'm'));
    expect(await tracesOf([name])).toEqual([]);
  });

  it('ends with path, size and time, and with what comes next', async () => {
    const [, path = '', size] = /^The bundle: (\S+), (\S+ MB); .* took .*\.$/m.exec(said) ?? [];
    expect(size).toBeDefined();
    await access(path);
    expect(said).toContain('smoke test');
  });

  it('leaves the committed recipe and lock as they are', async () => {
    expect(await readCommitted()).toEqual(before);
    expect(await readFile(join(folder, 'demo.lock.yaml'), 'utf8')).toContain('notice');
  });
});

async function readCommitted(): Promise<string[]> {
  const files = ['demo.recipe.yaml', 'demo.lock.yaml'];
  return Promise.all(
    files.map((file) => readFile(join(repositoryRoot, 'bundle-recipes', file), 'utf8')),
  );
}
