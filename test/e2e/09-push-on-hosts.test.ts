import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { killHost, setCable, startHost } from '../../cli/actions/rehearse-host.js';
import { makeSigner, type Sign } from '../helpers/bundles.js';
import { exitStatus, runCli, startCli } from '../helpers/cli.js';
import { freshFiles, makePushBundle, pushedTo } from '../helpers/push-world.js';
import { startRehearsal, type TestIsland } from '../helpers/rehearsal.js';
import { builtCli } from '../helpers/repository.js';
import { createWorld, type World } from '../helpers/world.js';

const run = promisify(execFile);

let world: World;
let island: TestIsland;
let sign: Sign;

beforeAll(async () => {
  world = await createWorld();
  island = await startRehearsal(world.folder, {
    hosts: [{ size: { cores: 1, memory: '1GiB' } }, { user: 'ada' }],
    more: { stores: { ...smallDisks, assets: { disk: '700MB' } } },
  });
  world.atEnd(() => island.down());
  // Not every host has what Debian's perl brings besides perl-base.
  await island.exec('host1', 'rm -r /usr/share/perl /usr/share/perl5 /usr/lib/*/perl');
  sign = await makeSigner(world);
  // The first run on a machine makes the base of all hosts.
}, 600_000);

afterAll(() => world.remove());

const smallDisks = Object.fromEntries(
  ['etcd', 'kubernetes', 'cassandra', 'search', 'objects'].map((role) => [role, { disk: '300MB' }]),
);

const resultSchema = z.object({
  identity: z.string(),
  hosts: z.array(z.object({ sizeBytes: z.number(), changes: z.array(z.string()) })),
});

const errorSchema = z.object({ code: z.string(), message: z.string() });

/** The bundle that is pushed, in the working folder. */
let bundle = 'small.bundle';

/** The words of a push without a key: the agent's is taken. */
const keyless = (): readonly string[] => [
  ...['--log-format', 'json', 'push', bundle, '--island', island.islandFile, '-o', 'json'],
];

const words = (): readonly string[] => [...keyless(), '--ssh-key', island.keyFile];

async function pushed(argv = words(), env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = await runCli(world, { argv, env });
  expect({ status, said: stderr.slice(-1000) }).toMatchObject({ status: 0 });
  return resultSchema.parse(JSON.parse(stdout));
}

/** A push that fails, by its error. */
async function refused(): Promise<{ readonly status: number; readonly code: string }> {
  const { status, stderr } = await runCli(world, { argv: words() });
  return { status, ...errorOf(stderr) };
}

function errorOf(stderr: string): z.infer<typeof errorSchema> {
  return errorSchema.parse(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? ''));
}

/** Starts a push and waits until blobs are on their way. */
async function sending(): Promise<{
  readonly child: ChildProcessWithoutNullStreams;
  readonly said: () => string;
}> {
  const child = startCli(world, { argv: words() });
  let said = '';
  child.stdout.resume();
  child.stderr.setEncoding('utf8');
  const under = new Promise<void>((resolve) => {
    child.stderr.on('data', (text: string) => {
      said += text;
      if (/"type":"progress","path":\["send to/.test(said)) resolve();
    });
  });
  await Promise.race([under, once(child, 'close')]);
  expect({ ended: child.exitCode, said: said.slice(-1000) }).toMatchObject({ ended: null });
  return { child, said: () => said };
}

/** Takes away what the assets host holds, and not what the hosts remember. */
async function emptyStore(): Promise<void> {
  await island.exec('host1', 'rm -rf /srv/assets/blobs /srv/assets/incoming /srv/assets/releases');
}

/** How many blobs there are whose content is not what their name says, and how many are whole. */
async function judged(): Promise<{ readonly wrong: number; readonly whole: number }> {
  const script = `cd ${pushedTo.blobs}; sha256sum * | awk '$1 == $2 { n++ } END { print n + 0, NR - n }'`;
  const [whole = '', wrong = ''] = (await island.exec('host1', script)).trim().split(' ');
  return { whole: Number(whole), wrong: Number(wrong) };
}

const addressOf = (name: string): string =>
  island.hosts.find((host) => host.name === name)?.address ?? '';

describe('a push to bare Debian hosts', () => {
  it('brings all of a bundle in no more room than it has, and is remembered by every host', async () => {
    await makePushBundle(world, { sign, files: freshFiles(30_000_000, 3_000_000, 10) });
    const { identity, hosts } = await pushed();
    expect(hosts[0]?.sizeBytes).toBeGreaterThan(33_000_000);
    const usedBytes = Number((await island.exec('host1', 'du -sB1 /srv/assets')).split('\t')[0]);
    const { size } = await stat(join(world.work, bundle));
    expect(usedBytes).toBeLessThanOrEqual(1.05 * size);
    expect(await judged()).toMatchObject({ wrong: 0 });
    for (const { name } of island.hosts)
      expect(await island.exec(name, `ls ${pushedTo.accepted}`)).toBe(
        `${identity.slice(7)}.json\n`,
      );
  });

  it('changes nothing the second time', async () => {
    const list = 'find /srv/assets /var/lib/wire-offline/accepted -newer /srv/marker';
    await island.exec('host1', 'touch /srv/marker');
    expect((await pushed()).hosts).toEqual([
      { sizeBytes: 0, changes: [] },
      { sizeBytes: 0, changes: [] },
    ]);
    expect(await island.exec('host1', list)).toBe('');
  });

  it('comes from a machine whose only route is to the island, with a key that an agent holds', async () => {
    await emptyStore();
    const agent = await startAgent();
    await inSecludedNetwork(async (netns) => {
      const argv = ['netns', 'exec', netns, process.execPath, builtCli, ...keyless()];
      const env = { ...world.env, SSH_AUTH_SOCK: agent };
      const { stdout } = await run('ip', argv, { cwd: world.work, env });
      expect(resultSchema.parse(JSON.parse(stdout)).hosts[0]?.sizeBytes).toBeGreaterThan(33e6);
    });
    expect(await judged()).toMatchObject({ wrong: 0 });
  }, 300_000);

  it('sends nothing to a neighbour that answers for the address of the assets host', async () => {
    await emptyStore();
    const stolen = `${addressOf('host1')}/24 dev host0`;
    await setCable({ host: 'host1', state: 'down' }, island.context);
    await island.exec('host2', `ip address add ${stolen}`);
    try {
      await forget(addressOf('host1'));
      const before = await island.exec('host2', 'find /var/lib/wire-offline /srv | sort');
      expect(await refused()).toMatchObject({ status: 6, code: 'HOST_KEY_CHANGED' });
      expect(await island.exec('host2', 'find /var/lib/wire-offline /srv | sort')).toBe(before);
    } finally {
      await island.exec('host2', `ip address del ${stolen}`);
      await setCable({ host: 'host1', state: 'up' }, island.context);
      await forget(addressOf('host1'));
    }
  }, 300_000);
});

describe('a push that is interrupted', () => {
  beforeAll(async () => {
    bundle = 'large.bundle';
    const head = { sequence: 8 };
    await makePushBundle(world, { sign, head, files: freshFiles(...largeFiles), file: bundle });
  });

  it('goes on by itself after a power cut of the assets host', async () => {
    const { child, said } = await sending();
    await killHost({ host: 'host1' }, island.context);
    expect(child.exitCode).toBeNull();
    await startHost({ host: 'host1' }, island.context);
    expect({ status: await exitStatus(child), said: said().slice(-1000) }).toMatchObject({
      status: 0,
    });
    expect(await judged()).toMatchObject({ wrong: 0 });
    expect((await pushed()).hosts[0]?.changes).toEqual([]);
  }, 300_000);

  it('tells of a disk that fills up meanwhile, and goes on once there is room', async () => {
    await emptyStore();
    const { child, said } = await sending();
    // What is free gets less while it is asked for.
    const fill = `left=$(df --output=avail -B1 /srv/assets | tail -1)
      until fallocate -l $left /srv/assets/filler 2>/dev/null; do left=$((left - 10000000)); done`;
    await island.exec('host1', fill);
    expect(await exitStatus(child)).toBe(7);
    expect(errorOf(said()).code).toBe('HOST_DISK_FULL');
    await island.exec('host1', 'rm /srv/assets/filler');
    const whole = largeFiles.reduce((sum, size) => sum + size, 0);
    expect((await pushed()).hosts[0]?.sizeBytes).toBeLessThan(whole);
    expect(await judged()).toMatchObject({ wrong: 0 });
  }, 300_000);
});

/** Large enough that something can happen while they are on their way. */
const largeFiles = Array.from({ length: 8 }, () => 30_000_000);

/** Has this machine ask again who has an address. */
async function forget(address: string): Promise<void> {
  await run('ip', ['neighbour', 'flush', 'to', address]);
}

/** An agent that holds the island's key; gives its socket. */
async function startAgent(): Promise<string> {
  const socket = join(world.folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { env: world.env, stdio: 'pipe' });
  world.atEnd(async () => {
    agent.kill();
    await once(agent, 'close');
  });
  await once(agent.stdout, 'data');
  await run('ssh-add', ['-q', island.keyFile], { env: { ...world.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

/** A network that has a cable to the island's bridge and nothing else. */
async function inSecludedNetwork(work: (netns: string) => Promise<void>): Promise<void> {
  const [a, b, c] = addressOf('host1').split('.').map(Number);
  const bridge = `wob${[a, b, c, 0].map((part) => (part ?? 0).toString(16).padStart(2, '0')).join('')}`;
  const netns = `push-${String(process.pid)}`;
  const cable = `wop${String(process.pid)}`;
  const ip = (...argv: readonly string[]) => run('ip', argv);
  await ip('netns', 'add', netns);
  try {
    await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', netns);
    await ip('link', 'set', cable, 'master', bridge, 'up');
    await ip('-n', netns, 'link', 'set', 'eth0', 'up');
    const address = `${[a, b, c].map(String).join('.')}.200/24`;
    await ip('-n', netns, 'address', 'add', address, 'dev', 'eth0');
    await work(netns);
  } finally {
    await ip('netns', 'delete', netns);
  }
}
