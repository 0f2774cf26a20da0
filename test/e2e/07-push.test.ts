import { readFile, readdir, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { exitStatus, runCli, startCli, type CliResult } from '../helpers/cli.js';
import {
  freshFiles,
  makePushBundle,
  makePushWorld,
  pushedTo,
  type PushWorld,
} from '../helpers/push-world.js';
import { sudoPassword } from '../helpers/ssh-hosts.js';
import { runAtTerminal } from '../helpers/terminal.js';
import { createWorld, type World } from '../helpers/world.js';

const resultSchema = z.object({
  schemaVersion: z.literal(1),
  identity: z.string(),
  dryRun: z.boolean(),
  hosts: z.array(
    z.object({ host: z.string(), sizeBytes: z.number(), changes: z.array(z.string()) }),
  ),
});

let world: World;

beforeEach(async () => {
  world = await createWorld();
});

afterEach(() => world.remove());

async function push(island: PushWorld, ...more: readonly string[]): Promise<CliResult> {
  return runCli(world, { argv: ['-q', ...island.argv('-o', 'json', ...more)] });
}

async function pushed(island: PushWorld, ...more: readonly string[]) {
  const { status, stdout, stderr } = await push(island, ...more);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return resultSchema.parse(JSON.parse(stdout));
}

function assetsPath({ assets }: PushWorld, path: string): string {
  return assets.path(path);
}

async function blobsOf(island: PushWorld): Promise<readonly string[]> {
  return (await readdir(assetsPath(island, pushedTo.blobs))).sort();
}

/** The blobs that the bundle lists, from its own document. */
async function listedBlobs(island: PushWorld, identity: string): Promise<readonly string[]> {
  const folder = `/srv/assets/releases/${identity.slice('sha256:'.length)}`;
  const text = await readFile(assetsPath(island, `${folder}/bundle.json`), 'utf8');
  const { entries } = z
    .object({ entries: z.array(z.object({ digest: z.string() })) })
    .parse(JSON.parse(text));
  return [...new Set(entries.map(({ digest }) => digest.slice('sha256:'.length)))].sort();
}

describe('bringing a bundle to an island', () => {
  it('says what it would do, does it, and then has nothing to do', async () => {
    const island = await makePushWorld(world);
    const files = freshFiles(3_000_000, 10, 0);
    await makePushBundle(world, { sign: island.sign, files });
    const planned = await pushed(island, '--dry-run');
    await expect(readdir(assetsPath(island, '/srv'))).resolves.toEqual([]);
    await expect(readdir(assetsPath(island, '/var/lib/wire-offline'))).rejects.toThrow('ENOENT');
    const first = await pushed(island);
    expect(first.hosts).toEqual(planned.hosts);
    expect(first.hosts[0]?.sizeBytes).toBeGreaterThan(3_000_000);
    expect(await blobsOf(island)).toEqual(await listedBlobs(island, first.identity));
    for (const host of island.hosts)
      expect(await readdir(host.path(pushedTo.accepted))).toEqual([
        `${first.identity.slice('sha256:'.length)}.json`,
      ]);
    const second = await pushed(island);
    expect(second.hosts.map(({ sizeBytes, changes }) => ({ sizeBytes, changes }))).toEqual([
      { sizeBytes: 0, changes: [] },
      { sizeBytes: 0, changes: [] },
    ]);
  });

  it('sends only what a newer bundle brings, and what has gone bad on the host', async () => {
    const island = await makePushWorld(world);
    const [kept, other] = [freshFiles(2_000_000), freshFiles(1_000_000)];
    await makePushBundle(world, { sign: island.sign, files: kept });
    const first = await pushed(island);
    const blobs = assetsPath(island, pushedTo.blobs);
    const sizes = await Promise.all(
      (await blobsOf(island)).map(async (name) => ({
        name,
        size: (await stat(join(blobs, name))).size,
      })),
    );
    const large = sizes.find(({ size }) => size === 2_000_000)?.name ?? '';
    const bytes = await readFile(join(blobs, large));
    bytes[1_000_000] = (bytes[1_000_000] ?? 0) ^ 1;
    await writeFile(join(blobs, large), bytes);
    const head = { sequence: 8 };
    await makePushBundle(world, {
      sign: island.sign,
      head,
      files: [...kept, ...other],
      file: 'new.bundle',
    });
    const mended = await pushed(island, '--dry-run');
    expect(mended.hosts[0]?.changes).toEqual([expect.stringContaining('send 1 of')]);
    await pushed(island);
    expect(await readFile(join(blobs, large))).toEqual(Buffer.from(kept[0] ?? []));
    const argv = ['-q', 'push', 'new.bundle', ...island.argv('-o', 'json').slice(2)];
    const { stdout } = await runCli(world, { argv });
    const { hosts } = resultSchema.parse(JSON.parse(stdout));
    expect(hosts[0]?.sizeBytes).toBeLessThan(1_000_000 + 200_000);
    expect(first.identity).not.toBe(resultSchema.parse(JSON.parse(stdout)).identity);
  });

  it('goes on after being killed, wherever that was', async () => {
    const island = await makePushWorld(world, { hosts: 1 });
    await makePushBundle(world, { sign: island.sign, files: freshFiles(40_000_000, 5_000_000, 9) });
    const startedMs = performance.now();
    await pushed(island, '--dry-run');
    const dryMs = performance.now() - startedMs;
    for (let point = 0; point < 10; point++) {
      const child = startCli(world, { argv: ['-q', ...island.argv()] });
      setTimeout(() => child.kill('SIGKILL'), dryMs * (0.3 + point * 0.12));
      await exitStatus(child);
    }
    const last = await pushed(island);
    expect(await blobsOf(island)).toEqual(await listedBlobs(island, last.identity));
    await expect(readdir(assetsPath(island, pushedTo.incoming))).resolves.toEqual([]);
    expect((await pushed(island)).hosts[0]?.changes).toEqual([]);
  });

  it('does not send again what has arrived of a blob, and finds a start that is wrong', async () => {
    const island = await makePushWorld(world, { hosts: 1 });
    await makePushBundle(world, { sign: island.sign, files: freshFiles(4_000_000) });
    const { identity } = await pushed(island);
    const blobs = assetsPath(island, pushedTo.blobs);
    const names = await blobsOf(island);
    const sizes = await Promise.all(
      names.map(async (name) => (await stat(join(blobs, name))).size),
    );
    const large = names[sizes.indexOf(4_000_000)] ?? '';
    for (const wrong of [false, true]) {
      const partial = assetsPath(island, join(pushedTo.incoming, large));
      await rename(join(blobs, large), partial);
      await truncate(partial, 3_999_999);
      if (wrong) await writeFile(partial, 'x', { flag: 'r+' });
      expect((await pushed(island)).hosts[0]?.sizeBytes).toBe(1);
      expect(await blobsOf(island)).toEqual(await listedBlobs(island, identity));
    }
  });

  it('goes on by itself when the line breaks', async () => {
    const island = await makePushWorld(world, { hosts: 1 });
    await makePushBundle(world, { sign: island.sign, files: freshFiles(150_000_000) });
    const child = startCli(world, { argv: ['--log-format', 'json', ...island.argv()] });
    let said = '';
    let cuts = 0;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (cuts === 0 && said.includes('"path":["send to')) {
        cuts++;
        void island.assets.cutSessions();
      }
    });
    child.stdout.resume();
    expect({ status: await exitStatus(child), said }).toMatchObject({ status: 0 });
    expect(cuts).toBe(1);
    expect((await pushed(island)).hosts[0]?.changes).toEqual([]);
  });

  it('asks at the terminal for what sudo asks for', async () => {
    const island = await makePushWorld(world, { hosts: 1, user: 'op', sudo: 'prompt' });
    await makePushBundle(world, { sign: island.sign });
    const { status, screen } = await runAtTerminal(world, island.argv(), [
      { after: /password of sudo for op:/, type: `${sudoPassword}\n` },
    ]);
    expect({ status, screen }).toEqual({ status: 0, screen: expect.stringContaining('GOT') });
    expect(screen).not.toContain(sudoPassword);
  });

  it('takes an expired bundle only where the island accepted it before', async () => {
    const island = await makePushWorld(world, { hosts: 1 });
    const expiresAt = new Date(Date.now() + 15_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await makePushBundle(world, { sign: island.sign, head: { expiresAt } });
    await pushed(island);
    const leftMs = Date.parse(expiresAt) - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(leftMs, 0) + 1000));
    expect((await pushed(island)).hosts[0]?.changes).toEqual([]);
  });

  it('lets one push at a time change an island', async () => {
    const island = await makePushWorld(world, { hosts: 1 });
    await makePushBundle(world, { sign: island.sign, files: freshFiles(60_000_000) });
    const both = await Promise.all([push(island), push(island)]);
    const statuses = both.map(({ status }) => status).sort();
    expect([
      [0, 0],
      [0, 9],
    ]).toContainEqual(statuses);
    expect((await pushed(island)).hosts[0]?.changes).toEqual([]);
  });
});
