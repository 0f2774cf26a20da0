import { execFile, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { parseYaml, toYaml } from '../../cli/input/yaml-document.js';
import { makeSigner, makeSmallBundle, type Sign } from '../helpers/bundles.js';
import { bridgeOnly } from '../helpers/bridge-only.js';
import { exitStatus, runCli, startCli } from '../helpers/cli.js';
import { startRehearsal, type TestIsland } from '../helpers/rehearsal.js';
import { createWorld, type World } from '../helpers/world.js';
import { host1Size, machineRows } from './unfit-hosts/machine.js';
import { networkRows } from './unfit-hosts/network.js';
import { looseFile, type UnfitRow } from './unfit-hosts/row.js';
import { systemRows } from './unfit-hosts/system.js';

const run = promisify(execFile);

let world: World;
let island: TestIsland;
let sign: Sign;

beforeAll(async () => {
  world = await createWorld();
  island = await startRehearsal(world.folder, { hosts: [{}, { user: 'ada' }, {}] });
  world.atEnd(() => island.down());
  sign = await makeSigner(world);
  // The first run on a machine makes the base of all hosts.
}, 600_000);

afterAll(() => world.remove());

const resultSchema = z.object({
  schemaVersion: z.literal(1),
  island: z.string(),
  bundle: z.string().nullable(),
  verdicts: z.array(
    z.object({
      id: z.string(),
      host: z.string(),
      state: z.enum(['ok', 'warned', 'failed']),
      expected: z.string().min(1),
      found: z.string().min(1),
      hint: z.string().min(1).nullable(),
    }),
  ),
});

function argvFor(file: string, ...more: readonly string[]): readonly string[] {
  const words = ['preflight', '--island', file, '--ssh-key', island.keyFile];
  return ['-q', '--log-format', 'json', ...words, '-o', 'json', ...more];
}

/** Runs preflight, and gives its exit status and what failed, `CHECK HOST` each once. */
async function preflight(file: string, ...more: readonly string[]) {
  const { status, stdout, stderr } = await runCli(world, { argv: argvFor(file, ...more) });
  expect({ status, stderr }).toEqual({ status: expect.any(Number), stderr: stderrOf(status) });
  const { verdicts } = resultSchema.parse(JSON.parse(stdout));
  const failed = verdicts.filter(({ state }) => state === 'failed');
  expect(failed.every(({ hint }) => hint !== null)).toBe(true);
  return { status, failed: [...new Set(failed.map(({ id, host }) => `${id} ${host}`))], verdicts };
}

function stderrOf(status: number): unknown {
  return status === 0 ? '' : expect.stringContaining('"code":"PREFLIGHT_FAILED","exitCode":5');
}

/** The island file with something else in it. */
async function fileWith(change: NonNullable<UnfitRow['change']>): Promise<string> {
  const bytes = await readFile(island.islandFile);
  const source = { file: island.islandFile, bytes, code: 'ISLAND_INVALID' as const, hint: '' };
  const said = parseYaml(source, looseFile);
  const file = join(world.work, 'changed.yaml');
  await writeFile(file, toYaml({ ...said, ...change(said, addressOf) }));
  return file;
}

function addressOf(host: string): string {
  return island.hosts.find(({ name }) => name === host)?.address ?? '';
}

/** Puts a file of this machine onto a host, by the plain program. */
async function put(host: string, from: string, to: string): Promise<void> {
  const options = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${island.knownHostsFile}`];
  const words = ['-F', 'none', '-i', island.keyFile, ...options.flatMap((word) => ['-o', word])];
  const child = spawn('ssh', [...words, `root@${addressOf(host)}`, `cat >${to}`]);
  child.stdin.end(await readFile(from));
  child.stdout.resume();
  expect(await exitStatus(child)).toBe(0);
}

describe('preflight of fit hosts', () => {
  it('passes, and passes again once a bundle was pushed, with no way out but the bridge', async () => {
    const reach = await bridgeOnly(world, island);
    await makeSmallBundle(world, { sign });
    const bundle = ['--bundle', 'small.bundle'];
    const first = await reach(argvFor(island.islandFile, ...bundle));
    expect(first).toMatchObject({ status: 0, stderr: '' });
    const { verdicts } = resultSchema.parse(JSON.parse(first.stdout));
    // The machine that hosts are rehearsed on may still have cgroup v1, and disks that are busy.
    const warned = verdicts.filter(({ state }) => state === 'warned').map(({ id }) => id);
    expect(warned.filter((id) => id !== 'cgroups' && id !== 'disk-speed')).toEqual([]);
    expect(new Set(verdicts.map(({ host }) => host))).toEqual(new Set(['host1', 'host2', 'host3']));
    const words = ['--island', island.islandFile, '--ssh-key', island.keyFile];
    const pushed = await reach(['-q', 'push', 'small.bundle', ...words]);
    expect(pushed).toMatchObject({ status: 0, stderr: '' });
    expect(await reach(argvFor(island.islandFile, ...bundle))).toMatchObject({ status: 0 });
  });

  it('leaves nothing on the hosts', async () => {
    const looks =
      'ss -Hltun | wc -l; ls -A /srv/search /tmp; pgrep -c perl || true; find / -xdev -newer /root/mark -path "/[!psr]*" -type f ! -path "/var/log/*" ! -path "/var/lib/systemd/*"';
    await island.exec('host1', 'touch /root/mark');
    const before = await island.exec('host1', looks);
    expect((await preflight(island.islandFile)).status).toBe(0);
    expect(await island.exec('host1', looks)).toBe(before);
  });
});

describe('a preflight that is killed', () => {
  it('leaves nothing that runs on the hosts, wherever it was', async () => {
    for (let point = 1; point <= 6; point++) {
      const child = startCli(world, { argv: argvFor(island.islandFile) });
      const timer = setTimeout(() => child.kill('SIGKILL'), point * 350);
      await exitStatus(child);
      clearTimeout(timer);
    }
    for (const host of ['host1', 'host2', 'host3'])
      await island.exec(
        host,
        'for try in $(seq 600); do pgrep "^(perl|dd)$" >/dev/null || exit 0; sleep 0.1; done; exit 1',
      );
    expect((await preflight(island.islandFile)).failed).toEqual([]);
  });
});

describe('preflight of a host that is not fit', () => {
  it.each([...machineRows, ...networkRows, ...systemRows])(
    'tells $what, and nothing else',
    async (row) => {
      const { check, by = {}, mend = {}, change, on } = row;
      const file = change === undefined ? island.islandFile : await fileWith(change);
      try {
        for (const [host, line] of Object.entries(by))
          await island.exec(host, typeof line === 'string' ? line : line(addressOf));
        const { status, failed } = await preflight(file);
        expect({ status, failed }).toEqual({
          status: 5,
          failed: on.map((name) => `${check} ${name}`),
        });
      } finally {
        for (const [host, line] of Object.entries(mend)) await island.exec(host, line);
      }
    },
  );

  it('tells a clock that is wrong, and nothing else', async () => {
    const { stdout } = await run('dpkg', ['-L', 'libfaketime']);
    const library = stdout.split('\n').find((path) => path.endsWith('libfaketime.so.1')) ?? '';
    await put('host3', library, '/root/faketime.so');
    const config = '/etc/ssh/sshd_config.d/faketime.conf';
    const line = 'SetEnv LD_PRELOAD=/root/faketime.so FAKETIME=-10m DONT_FAKE_MONOTONIC=1';
    try {
      await island.exec('host3', `echo '${line}' >${config}; systemctl reload ssh`);
      const { status, failed, verdicts } = await preflight(island.islandFile);
      expect({ status, failed }).toEqual({ status: 5, failed: ['clock host3'] });
      const told = verdicts.find(({ id, state }) => id === 'clock' && state === 'failed');
      expect(told?.found).toMatch(/^(599|600|601)\.\d s behind$/);
    } finally {
      await island.exec('host3', `rm ${config}; systemctl reload ssh`);
    }
  });

  it('tells clocks before the newest time that the bundle was signed with', async () => {
    const createdAt = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z');
    await makeSmallBundle(world, {
      ...{ sign, head: { createdAt } },
      file: join(world.work, 'later.bundle'),
    });
    const { failed } = await preflight(island.islandFile, '--bundle', 'later.bundle');
    expect(failed).toEqual(['host1', 'host2', 'host3'].map((host) => `clock-bundle ${host}`));
  });

  it('says in words what to do', async () => {
    const file = await fileWith(host1Size({ cores: 2, memory: '1GiB' }));
    const argv = ['-q', 'preflight', '--island', file, '--ssh-key', island.keyFile];
    const { status, stdout, stderr } = await runCli(world, { argv });
    expect(status).toBe(5);
    expect(stdout).toMatch(/^host1 +\d+ +\d+ +1$/m);
    expect(stdout).toMatch(
      /^FAILED host1 cpu\n +expected: at least 2 cores\n +found: +1.*\n +do: /m,
    );
    expect(stderr).toMatch(
      /^error PREFLIGHT_FAILED: .*1 failed checks on host1\n +host1 cpu: expected/,
    );
  });
});
