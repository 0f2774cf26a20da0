import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bytesText, durationText } from '../../cli/ui/progress.js';
import { linkName } from '../../cli/rehearsal/network.js';
import { fileComponent, makeSigner, makeSmallBundle } from '../helpers/bundles.js';
import { startRehearsal, type TestIsland } from '../helpers/rehearsal.js';
import { builtCli } from '../helpers/repository.js';
import type { World } from '../helpers/world.js';
import { header, peakRow, timeRow, type BenchOptions, type Row } from './measure.js';
import { median, timeOne, timePairs, type Command } from './pairs.js';
import { cleared, inWorld } from './place.js';

const run = promisify(execFile);

const fileBytes = 64 * 1024 ** 2;
const files = 16;
const pairs = 3;

/** Bringing a bundle to a host over SSH, beside `scp` of the same file, and what a rehearsal takes to stand. */
export async function benchPush({ signal }: BenchOptions): Promise<readonly Row[]> {
  return inWorld(async (world) => {
    const boots = await bootRow(world, signal);
    const island = await startRehearsal(world.folder, {
      hosts: [{ size: { cores: 2, memory: '2GiB' } }],
      more: { stores: { ...smallDisks, assets: { disk: '4GB' } } },
    });
    world.atEnd(() => island.down());
    const pushing = commands(world, island, await makeBundle(world));
    return [header, boots, ...(await pushRows(pushing, { island, signal }))];
  });
}

const smallDisks = Object.fromEntries(
  ['etcd', 'kubernetes', 'cassandra', 'search', 'objects'].map((role) => [role, { disk: '300MB' }]),
);

interface Pushing {
  /** Into an empty store. */
  readonly first: Command;
  /** Where all of it is there already. */
  readonly again: Command;
  readonly scp: Command;
}

async function pushRows(
  { first, again, scp }: Pushing,
  { island, signal }: { readonly island: TestIsland; readonly signal: AbortSignal },
): Promise<readonly Row[]> {
  const what = `first push, ${bytesText(files * fileBytes)}`;
  const common = { ours: first, theirs: scp, pairs, signal };
  const unshaped = await timePairs(common);
  await shape(island);
  const shaped = await timePairs(common);
  await timeOne(first, signal);
  const seen: { readonly durationMs: number; readonly peakBytes: number }[] = [];
  for (let round = 0; round < 5; round++) seen.push(await timeOne(again, signal));
  const againMs = median(seen.map(({ durationMs }) => durationMs));
  return [
    timeRow(`${what}, 1 Gbit/s`, shaped, { name: 'scp', goal: 1.05 }),
    timeRow(`${what}, as fast as it goes`, unshaped, { name: 'scp', goal: 2 }),
    ['push, nothing changed', durationText(againMs), '', '', secondsGoal(againMs, 2)],
    peakRow('first push', Math.max(unshaped.oursPeakBytes, shaped.oursPeakBytes)),
    peakRow('push, nothing changed', Math.max(...seen.map(({ peakBytes }) => peakBytes))),
  ];
}

/** A host of a profile at a time, four of them, out of the cached base root. */
async function bootRow(world: World, signal: AbortSignal): Promise<Row> {
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'wire-offline');
  const name = `bench-${String(process.pid)}`;
  const rehearse = (...words: readonly string[]): Command => ({
    argv: [process.execPath, builtCli, '-q', '--cache', cache, 'rehearse', ...words],
    env: { ...world.env, XDG_STATE_HOME: join(world.folder, 'state') },
  });
  const down = rehearse('down', '--all');
  world.atEnd(async () => {
    await timeOne(down, new AbortController().signal);
  });
  const up = rehearse('up', '--profile', 'three-host', '--name', name);
  const seen: number[] = [];
  // The first may have to make the base root.
  for (let round = 0; round <= pairs; round++) {
    const { durationMs } = await timeOne(up, signal);
    if (round > 0) seen.push(durationMs);
    await timeOne(down, signal);
  }
  const bootMs = median(seen);
  return ['rehearse up, four hosts', durationText(bootMs), '', '', secondsGoal(bootMs, 15)];
}

async function makeBundle(world: World): Promise<string> {
  const { file } = await makeSmallBundle(world, {
    sign: await makeSigner(world),
    more: async (store) => {
      const components = [];
      for (let index = 0; index < files; index++) {
        const name = `file-${String(index)}`;
        const bytes = randomBytes(fileBytes);
        components.push(await fileComponent(store, { name, path: name, bytes }));
      }
      return components;
    },
  });
  return file;
}

function commands(world: World, island: TestIsland, bundle: string): Pushing {
  const { islandFile, keyFile, knownHostsFile, hosts } = island;
  const words = ['push', bundle, '--island', islandFile, '--ssh-key', keyFile];
  const argv = [process.execPath, builtCli, '-q', ...words];
  const push = { argv, cwd: world.work, env: world.env };
  const empty = async (): Promise<void> => {
    await island.exec('host1', 'rm -rf /srv/assets/* /var/lib/wire-offline; sync');
    await cleared();
  };
  const options = ['BatchMode=yes', `UserKnownHostsFile=${knownHostsFile}`];
  const to = `root@${hosts[0]?.address ?? ''}:/srv/assets/bundle`;
  const flags = options.flatMap((option) => ['-o', option]);
  return {
    first: { ...push, prepare: empty },
    again: push,
    scp: { argv: ['scp', '-q', '-F', 'none', '-i', keyFile, ...flags, bundle, to], prepare: empty },
  };
}

/** Makes the host's cable one of 1 Gbit/s; the queue goes with the cable. */
async function shape({ hosts }: TestIsland): Promise<void> {
  const link = linkName(hosts[0]?.address ?? '');
  const limits = ['rate', '1gbit', 'burst', '256kb', 'latency', '50ms'];
  await run('tc', ['qdisc', 'add', 'dev', link, 'root', 'tbf', ...limits]);
}

function secondsGoal(tookMs: number, goalSec: number): string {
  return `<= ${String(goalSec)} s${tookMs <= goalSec * 1000 ? '' : ', MISSED'}`;
}
