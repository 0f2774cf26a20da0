import { randomBytes } from 'node:crypto';
import { cp, lstat, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { execa } from 'execa';
import { digestOf, hexOf } from '../../cli/digest.js';
import { exitStatus, runCli, startCli, type CliResult } from '../helpers/cli.js';
import { makeImage, randomLayer } from '../helpers/image.js';
import { makeTestKey, signerLine, writeTrust } from '../helpers/keys.js';
import { startOrigin, whole, type Origin } from '../helpers/origin.js';
import { httpComponent, includedText, recipeText, writeFiles } from '../helpers/recipes.js';
import { startRegistry } from '../helpers/registry.js';
import { createWorld, snapshot, type World } from '../helpers/world.js';

const small = Buffer.from('a small file');
const large = randomBytes(3_000_000);

const slow = { kind: 'slow', pieceBytes: 64 * 1024, everyMs: 20 } as const;

// Each of these starts the command line several times, on machines of any speed.
jest.setTimeout(180_000);

let world: World;
let origin: Origin;

beforeEach(async () => {
  world = await createWorld();
  origin = await startOrigin();
  world.atEnd(() => origin.stop());
});

afterEach(async () => {
  await world.remove();
});

/** A recipe over two files of the origin, and a key beside the working folder. */
async function arrange(): Promise<void> {
  const a = { url: origin.serve('/a.bin', large), bytes: large };
  const b = { url: origin.serve('/b.txt', small), bytes: small };
  await writeFiles(world.work, {
    'x.recipe.yaml': recipeText({
      include: ['more/y.recipe.yaml'],
      components: [httpComponent('a', a)],
    }),
    'more/y.recipe.yaml': includedText({ components: [httpComponent('b', b)] }),
  });
  await makeTestKey(world.folder, 'alice');
}

/** Every flag has its default but the output and the key. */
function bundleWords(out: string, ...more: readonly string[]): readonly string[] {
  return ['bundle', 'x.recipe.yaml', '--out', out, '--key', '../alice', ...more];
}

const lockWords = ['recipe', 'lock', 'x.recipe.yaml'] as const;

async function succeed(argv: readonly string[], into: World = world): Promise<CliResult> {
  const result = await runCli(into, { argv });
  expect({ status: result.status, stderr: result.stderr }).toMatchObject({ status: 0 });
  return result;
}

/** The exit status and the last words of a command that must fail. */
async function failureOf(argv: readonly string[]): Promise<string> {
  const { status, stderr } = await runCli(world, { argv: ['-q', ...argv] });
  return `${String(status)} ${stderr}`;
}

const inWork = (name: string): string => join(world.work, name);
const lockText = (): Promise<string> => readFile(inWork('x.lock.yaml'), 'utf8');

describe('a recipe that is locked', () => {
  it('becomes one signed file', async () => {
    await arrange();
    expect((await succeed(['recipe', 'check', 'x.recipe.yaml'])).stdout).toMatch(
      /: missing; next: wire-offline recipe lock x\.recipe\.yaml\n/,
    );
    await succeed(lockWords);
    expect((await succeed(['recipe', 'check', 'x.recipe.yaml'])).stdout).toMatch(/: current/);
    const { stdout } = await succeed(bundleWords('x.bundle', '-o', 'json'));
    const path = inWork('x.bundle');
    const { size } = await stat(path);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, path, size, components: 2 });
    const left = ['more', 'x.bundle', 'x.lock.yaml', 'x.recipe.yaml'];
    expect(await readdir(world.work)).toEqual(left);
  });

  it('becomes the same bytes elsewhere, with another cache and out of a mirror', async () => {
    await arrange();
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    await origin.stop();
    const [other, mirror] = [await createWorld(), await startOrigin()];
    other.atEnd(() => mirror.stop());
    mirror.serve('/a.bin', large);
    mirror.serve('/b.txt', small);
    try {
      await cp(world.work, join(other.folder, 'elsewhere'), { recursive: true });
      await cp(join(world.folder, 'alice'), join(other.folder, 'alice'));
      await writeFiles(other.config, {
        'wire-offline/wire-offline.yaml': `mirrors: { http: ["${mirror.url}"] }\n`,
      });
      const argv = bundleWords('y.bundle', '-j', '1');
      const cwd = join(other.folder, 'elsewhere');
      expect(await runCli(other, { argv, cwd })).toMatchObject({ status: 0 });
      const [first, second] = [inWork('x.bundle'), join(cwd, 'y.bundle')];
      expect(Buffer.compare(await readFile(first), await readFile(second))).toBe(0);
      expect(mirror.seen).toHaveLength(2);
    } finally {
      await other.remove();
    }
  });

  it('is made when SOURCE_DATE_EPOCH says, and carries the channel, sequence and end that are asked for', async () => {
    await arrange();
    await succeed(lockWords);
    const words = ['--channel', 'beta', '--sequence', '7', '--expires', '2030-01-31', '-o', 'json'];
    const argv = bundleWords('x.bundle', ...words);
    const { stdout } = await runCli(world, { argv, env: { SOURCE_DATE_EPOCH: '1700000000' } });
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ channel: 'beta', sequence: 7, expiresAt: '2030-01-31T23:59:59Z' },
      createdAt: '2023-11-14T22:13:20Z',
    });
  });
});

describe('locking', () => {
  it('pins only what is new or changed, and keeps its date where no pin moved', async () => {
    await arrange();
    await succeed(lockWords);
    const first = await lockText();
    const url = origin.serve('/b.txt', small);
    const renamed = { ...httpComponent('b', { url, bytes: small }), filename: 'renamed' };
    await writeFile(inWork('more/y.recipe.yaml'), includedText({ components: [renamed] }));
    expect(await failureOf(bundleWords('x.bundle'))).toMatch(
      /^3 error LOCK_STALE[^]*more\/y\.recipe\.yaml:3:22 b: [^]*hint: wire-offline recipe lock x\.recipe\.yaml/,
    );
    const { stdout } = await succeed([...lockWords, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ asked: ['b'], moves: [] });
    const dateOf = (text: string) => /lockedAt: .*/.exec(text)?.[0];
    expect(dateOf(await lockText())).toBe(dateOf(first));
    expect(await lockText()).not.toBe(first);
    await succeed(bundleWords('x.bundle'));
  });

  it('leaves the file alone where nothing changed, and forgets what the recipe no longer has', async () => {
    await arrange();
    await succeed(lockWords);
    const before = await snapshot(world.work);
    await succeed(lockWords);
    await succeed([...lockWords, '--check']);
    expect(await snapshot(world.work)).toEqual(before);
    await writeFile(inWork('more/y.recipe.yaml'), includedText({ components: [] }));
    expect(await failureOf([...lockWords, '--check'])).toMatch(/^3 error LOCK_STALE/);
    await succeed(lockWords);
    expect(await lockText()).not.toMatch(/^ {2}b:/m);
  });

  it('writes nothing where one of its components cannot be had', async () => {
    await arrange();
    await writeFile(
      inWork('more/y.recipe.yaml'),
      includedText({ components: [httpComponent('b', { url: `${origin.url}/gone` })] }),
    );
    expect(await failureOf(lockWords)).toMatch(/^10 error SOURCE_GONE/);
    expect(await readdir(world.work)).toEqual(['more', 'x.recipe.yaml']);
  });

  it('says what moved upstream, and fails where it is only to check', async () => {
    const registry = await startRegistry({ folder: world.folder });
    world.atEnd(() => registry.stop());
    const name = { repository: 'demo', tag: '1' };
    await registry.push(makeImage([await randomLayer(1000)]), name);
    const components = [{ name: 'a', kind: 'oci', image: `${registry.host}/demo:1` }];
    await writeFiles(world.config, {
      'wire-offline/wire-offline.yaml': `mirrors: { oci: ["${registry.url}"] }\n`,
    });
    await writeFile(inWork('x.recipe.yaml'), recipeText({ components }));
    await succeed(lockWords);
    const before = await lockText();
    await registry.push(makeImage([await randomLayer(1000)]), name);
    await succeed(lockWords);
    expect(await lockText()).toBe(before);
    expect(await failureOf([...lockWords, '--check'])).toMatch(
      /^3 error LOCK_STALE[^]*as locked[^]*hint: wire-offline recipe lock x\.recipe\.yaml --update a/,
    );
    expect(await lockText()).toBe(before);
    const { stdout } = await succeed([...lockWords, '--update', 'a', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ asked: ['a'], moves: [{ component: 'a' }] });
    expect(await lockText()).not.toBe(before);
  });
});

describe('bundling', () => {
  it.each([
    ['a key that is not there', ['--key', 'nobody'], /^3 error KEY_MISSING/],
    ['one key twice', ['--key', '../alice'], /^3 error KEY_HAS_SIGNED/],
    [
      'an output folder that is not there',
      ['--out', 'no/x.bundle'],
      /^11 error OUTPUT_NOT_WRITABLE/,
    ],
    ['an output that is there', ['--out', 'x.recipe.yaml'], /^11 error OUTPUT_EXISTS/],
    ['an end that is past', ['--expires', '2000-01-01'], /^2 error USAGE_INVALID/],
  ])('fetches nothing where it is refused for %s', async (_title, words, says) => {
    await arrange();
    await succeed(lockWords);
    await rm(world.cache, { recursive: true });
    const before = origin.seen.length;
    expect(await failureOf(bundleWords('x.bundle', ...words))).toMatch(says);
    expect(origin.seen).toHaveLength(before);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'leaves no file when %s stops it in a download, and goes on from there',
    async (signal) => {
      await arrange();
      await succeed(lockWords);
      await rm(world.cache, { recursive: true });
      origin.serve('/a.bin', large, slow, whole);
      const before = origin.seen.length;
      const largeAsked = () => origin.seen.slice(before).filter(({ path }) => path === '/a.bin');
      const child = startCli(world, { argv: bundleWords('x.bundle') });
      const status = exitStatus(child);
      while ((largeAsked()[0]?.sentBytes ?? 0) < large.length / 3) await setTimeout(10);
      child.kill(signal);
      expect(await status).toBe(signal === 'SIGINT' ? 130 : 137);
      expect(await readdir(world.work)).toEqual(['more', 'x.lock.yaml', 'x.recipe.yaml']);
      await succeed(bundleWords('x.bundle'));
      expect(largeAsked().at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
    },
  );

  it('leaves no half file when it is killed while it writes, and nothing at all after the next run', async () => {
    const bytes = Buffer.alloc(96_000_000, 'x');
    const components = [httpComponent('a', { url: origin.serve('/big', bytes), bytes })];
    await writeFile(inWork('x.recipe.yaml'), recipeText({ components }));
    await makeTestKey(world.folder, 'alice');
    await succeed(lockWords);
    const child = startCli(world, { argv: bundleWords('x.bundle') });
    const status = exitStatus(child);
    const isWriting = async () => (await readdir(world.work)).some((name) => /partial/.test(name));
    while (!(await isWriting())) await setTimeout(5);
    child.kill('SIGKILL');
    expect(await status).toBe(137);
    expect(await readdir(world.work)).not.toContain('x.bundle');
    await succeed(bundleWords('x.bundle'));
    expect(await readdir(world.work)).toEqual(['x.bundle', 'x.lock.yaml', 'x.recipe.yaml']);
  });
});

describe('a bundle that is there already', () => {
  it('is left alone with what others have signed, and gains what is missing', async () => {
    await arrange();
    await makeTestKey(world.folder, 'bob');
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    await succeed(['sign', 'x.bundle', '--key', '../bob']);
    const signed = await readFile(inWork('x.bundle'));
    const again = await succeed(bundleWords('x.bundle', '--force', '-o', 'json'));
    expect(JSON.parse(again.stdout)).toMatchObject({ unchanged: true });
    await succeed(bundleWords('y.bundle', '--key', '../bob'));
    await succeed(bundleWords('z.bundle'));
    await succeed(bundleWords('z.bundle', '--force', '--key', '../bob'));
    for (const name of ['x.bundle', 'y.bundle', 'z.bundle'])
      expect(Buffer.compare(await readFile(inWork(name)), signed)).toBe(0);
  });

  it('is replaced where it is a link to the same bytes', async () => {
    await arrange();
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    await symlink('x.bundle', inWork('link.bundle'));
    const forced = await succeed(bundleWords('link.bundle', '--force', '-o', 'json'));
    expect(JSON.parse(forced.stdout)).toMatchObject({ unchanged: false });
    expect((await lstat(inWork('link.bundle'))).isFile()).toBe(true);
  });

  it('is never what the bundle is made of', async () => {
    await arrange();
    await succeed(lockWords);
    for (const out of ['../alice', 'x.recipe.yaml', 'more/y.recipe.yaml', 'x.lock.yaml']) {
      const { status, stderr } = await runCli(world, { argv: bundleWords(out, '--force') });
      expect({ status, stderr }).toMatchObject({ status: 2 });
    }
    await succeed(bundleWords('x.bundle'));
  });
});

describe('a cache', () => {
  it('of which a byte changed is healed, which is said, and the bundle is the same', async () => {
    await arrange();
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    const file = join(world.cache, 'wire-offline/blobs/sha256', hexOf(digestOf(large)));
    const damaged = Buffer.from(large);
    damaged[1_000_000] = (damaged[1_000_000] ?? 0) ^ 1;
    await writeFile(file, damaged);
    const { stderr } = await succeed(bundleWords('y.bundle'));
    expect(stderr).toMatch(/blob sha256:[0-9a-f]{64} in the cache is damaged.*set aside as/);
    const [first, second] = [inWork('x.bundle'), inWork('y.bundle')];
    expect(Buffer.compare(await readFile(first), await readFile(second))).toBe(0);
    expect(Buffer.compare(await readFile(file), large)).toBe(0);
  });
});

describe('one component that fails', () => {
  it('is said once, and the others that it stops are said to be stopped', async () => {
    const hanging = origin.serve('/hang', large, { kind: 'stall', at: 1000 });
    const gone = { url: `${origin.url}/gone` };
    const components = [
      httpComponent('a', gone),
      ...['b', 'c'].map((name) => httpComponent(name, { url: hanging, bytes: large })),
    ];
    await writeFile(inWork('x.recipe.yaml'), recipeText({ components }));
    const { status, stderr } = await runCli(world, { argv: lockWords });
    expect(status).toBe(10);
    expect(stderr.match(/: failed: /g)).toHaveLength(1);
    expect(stderr).toMatch(/^lock: a: failed: .*404/m);
    expect(stderr).toMatch(/^lock: b: stopped$/m);
  });
});

describe('verifying', () => {
  it('takes the trust folder that the variable names, unless a flag names another', async () => {
    await arrange();
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    const key = (await readFile(join(world.folder, 'alice.pub'), 'utf8')).split(' ');
    const alice = { file: join(world.folder, 'alice'), publicKey: key.slice(0, 2).join(' ') };
    await writeTrust(join(world.folder, 'theirs'), { lines: [signerLine('alice', alice)] });
    const verify = (...words: readonly string[]) =>
      runCli(world, {
        argv: ['-q', 'verify', 'x.bundle', ...words],
        env: { WIRE_OFFLINE_TRUST: join(world.folder, 'theirs') },
      });
    expect(await verify()).toMatchObject({ status: 0, stdout: expect.stringContaining('alice') });
    const other = await verify('--trust', 'nowhere');
    expect(other).toMatchObject({ status: 3, stderr: expect.stringContaining('TRUST_MISSING') });
    expect(other.stderr).toContain('nowhere');
    const argv = ['-q', 'verify', 'x.bundle'];
    expect((await runCli(world, { argv })).stderr).toContain('TRUST_MISSING');
  });
});

describe('a bundle that carries the Node runtime', () => {
  it('gives a bare host this program, unpacked by stock tar and run with nothing else there', async () => {
    const bytes = await readFile(process.execPath);
    const node = httpComponent('node', { url: origin.serve('/node', bytes), bytes });
    const components = [node];
    await writeFile(inWork('x.recipe.yaml'), recipeText({ components, bootstrap: 'node' }));
    await makeTestKey(world.folder, 'alice');
    await succeed(lockWords);
    await succeed(bundleWords('x.bundle'));
    const tar = (...words: readonly string[]) => execa('tar', words, { cwd: world.work });
    await tar('-xf', 'x.bundle', 'bootstrap.tar');
    await tar('-xf', 'bootstrap.tar');
    const program = inWork('wire-offline/bin/wire-offline');
    const env = { PATH: '/nonexistent', HOME: world.folder };
    const run = (...words: readonly string[]) => execa(program, words, { env, extendEnv: false });
    expect((await run('version')).stdout).toMatch(/^wire-offline \d/);
    expect((await run('docs', 'errors')).stdout).toMatch(/LOCK_STALE/);
    const check = await run('recipe', 'check', inWork('x.recipe.yaml'));
    expect(check.stdout).toMatch(/current/);
  });
});
