import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { killHost, setCable, startHost } from '../../../cli/actions/rehearse-host.js';
import { listRehearsals } from '../../../cli/actions/rehearse-list.js';
import { hostKeyText } from '../../../cli/island/host-key.js';
import { codeOf } from '../../helpers/codes.js';
import { startRehearsal, type TestIsland } from '../../helpers/rehearsal.js';

const run = promisify(execFile);

let folder: string;
let island: TestIsland;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
  island = await startRehearsal(folder, {
    hosts: [
      { size: { cores: 1, memory: '700MiB' } },
      { user: 'ada', sudo: 'prompt', port: 2222 },
      { user: 'ada' },
    ],
  });
  // The first run on a machine makes the base of all hosts.
}, 600_000);

afterAll(async () => {
  await island.down();
  await rm(folder, { recursive: true });
});

const address = (name: string): string =>
  island.hosts.find((host) => host.name === name)?.address ?? '';

/** Logs in with the plain program and what the rehearsal wrote, and nothing else of this machine. */
async function ssh(host: string, line: string): Promise<string> {
  const {
    user,
    port,
    address: where,
  } = island.island.hosts.find(({ name }) => name === host) ?? {};
  const options = ['StrictHostKeyChecking=yes', 'BatchMode=yes', 'ConnectTimeout=10'];
  const { stdout } = await run('ssh', [
    ...['-F', 'none', '-i', island.keyFile, '-p', String(port)],
    ...[...options, `UserKnownHostsFile=${island.knownHostsFile}`].flatMap((word) => ['-o', word]),
    ...[`${String(user)}@${String(where)}`, line],
  ]);
  return stdout;
}

const isRefused = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => false,
    () => true,
  );

describe('a rehearsal host', () => {
  it('is a Debian 12 whose systemd has started all there is', async () => {
    const line = '. /etc/os-release; echo "$VERSION_ID"; systemctl is-system-running';
    expect(await island.exec('host1', line)).toBe('12\nrunning\n');
  });

  it('lacks what a bare installation lacks', async () => {
    const line = 'for p in python3 curl gcc docker ansible; do ! command -v $p || exit 1; done';
    expect(await island.exec('host1', line)).toBe('');
    expect(await island.exec('host1', 'ss -Hltn | wc -l')).toBe('2\n');
  });

  it('lets the key in whose island file it wrote, under the host key pinned there', async () => {
    expect(await ssh('host1', 'hostname')).toBe('host1\n');
    const { hostKey } = island.island.hosts[0] ?? {};
    const known = await readFile(island.knownHostsFile, 'utf8');
    expect(known).toContain(hostKey && hostKeyText(hostKey));
  });

  it('has the user, the port and the sudo that the island file says', async () => {
    const password = await readFile(island.sudoPasswordFile ?? '', 'utf8');
    expect(await ssh('host2', `echo '${password}' | sudo -kS id -un`)).toBe('root\n');
    expect(await isRefused(ssh('host2', 'sudo -kn true'))).toBe(true);
    expect(await ssh('host3', 'sudo -n id -un')).toBe('root\n');
  });

  it('has its size as the limit of cgroups of its own', async () => {
    const limits =
      'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us';
    expect(await island.exec('host1', limits)).toBe(`${String(700 * 1024 * 1024)}\n100000\n`);
    const group = 'mkdir /sys/fs/cgroup/memory/probe; rmdir /sys/fs/cgroup/memory/probe; echo made';
    expect(await ssh('host1', group)).toBe('made\n');
  });

  it('has each data directory on a disk of its own, of its own size', async () => {
    const line =
      'findmnt -nbo FSTYPE,SIZE /srv/cassandra; for d in / /srv/*; do stat -c %d $d; done | sort -u | wc -l';
    const [kind = '', count = ''] = (await island.exec('host1', line)).split('\n');
    expect(kind).toMatch(/^ext4 +2\d{8}$/);
    expect(count).toBe('7');
  });

  it('has a name and a machine id that no other has', async () => {
    const names = ['host1', 'host2', 'host3'];
    const ids = await Promise.all(names.map((name) => island.exec(name, 'cat /etc/machine-id')));
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toMatch(/^[0-9a-f]{32}\n$/);
  });

  it('has no right to set the clock of this machine, nor to load modules into its kernel', async () => {
    // Trying it would set the clock of every test on this machine where it fails.
    const rights = 'sed -n "s/^Cap\\(Eff\\|Bnd\\):\\t//p" /proc/self/status /proc/1/status';
    const sets = [await island.exec('host1', rights), await ssh('host1', rights)].flatMap((said) =>
      said.trim().split('\n'),
    );
    expect(sets).toHaveLength(8);
    // Source: Linux, include/uapi/linux/capability.h: CAP_SYS_MODULE 16, CAP_SYS_TIME 25.
    const withheld = (1n << 16n) | (1n << 25n);
    expect(sets.map((set) => BigInt(`0x${set}`) & withheld)).toEqual(sets.map(() => 0n));
  });
});

describe('the air gap', () => {
  it('has no way out, not even for a host that sets itself a route', async () => {
    expect(await island.exec('host1', 'ip route show default')).toBe('');
    const [own = ''] =
      /inet ([\d.]+)/.exec((await run('ip', ['-4', 'addr', 'show', bridge()])).stdout)?.slice(1) ??
      [];
    const line = `ip route add default via ${own}; ping -c1 -W1 ${own} >/dev/null && echo bridge
      ! ping -c1 -W1 192.0.2.1 >/dev/null && echo nowhere; ip route del default`;
    expect(await island.exec('host1', line)).toBe('bridge\nnowhere\n');
  });

  it('keeps hosts from the servers of this machine', async () => {
    const server = createServer((socket) => socket.end('leak'));
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const own = address('host1').replace(/\d+$/, '1');
    const line = `timeout 2 bash -c 'cat </dev/tcp/${own}/${String(port)}' || echo closed`;
    expect(await island.exec('host1', line)).toBe('closed\n');
    server.close();
  });

  it('lets hosts reach one another', async () => {
    const line = `head -c4 </dev/tcp/${address('host2')}/2222`;
    expect(await island.exec('host1', `bash -c '${line}'`)).toBe('SSH-');
  });
});

function bridge(): string {
  const third = address('host1').split('.').map(Number);
  return `wob${third
    .slice(0, 3)
    .map((part) => part.toString(16).padStart(2, '0'))
    .join('')}00`;
}

describe('a cut cable', () => {
  it('parts a host from the others until it is healed', async () => {
    const ping = `ping -c1 -W1 ${address('host3')} >/dev/null && echo there || echo away`;
    const host = 'host3';
    expect(await setCable({ host, state: 'down' }, island.context)).toMatchObject({ state: 'cut' });
    expect(await island.exec('host1', ping)).toBe('away\n');
    const [listed] = (await listRehearsals(island.context)).islands;
    expect(listed?.hosts.map(({ state }) => state)).toEqual(['running', 'running', 'cut']);
    await setCable({ host, state: 'up' }, island.context);
    expect(await island.exec('host1', ping.replace('-W1', '-W9'))).toBe('there\n');
  });
});

describe('a power cut', () => {
  it('loses what was not synced and keeps what was, on data disks and on the root', async () => {
    await island.exec(
      'host1',
      `for d in /srv/etcd /root; do echo yes >$d/synced; sync $d/synced $d; echo no >$d/unsynced; done
       systemd-run -q sh -c 'while :; do date +%N >/srv/search/busy; done'`,
    );
    await killHost({ host: 'host1' }, island.context);
    expect(await codeOf(island.exec('host1', 'true'))).toBe('REHEARSAL_HOST_DOWN');
    expect(await codeOf(killHost({ host: 'host1' }, island.context))).toBe('REHEARSAL_HOST_DOWN');
    await startHost({ host: 'host1' }, island.context);
    const line = 'cat /srv/etcd/synced /root/synced; ls /srv/etcd/unsynced /root/unsynced || true';
    expect(await island.exec('host1', line)).toBe('yes\nyes\n');
    expect(await ssh('host1', 'hostname')).toBe('host1\n');
  });

  it('leaves the other hosts running', async () => {
    await killHost({ host: 'host2' }, island.context);
    expect(await island.exec('host3', 'echo runs')).toBe('runs\n');
    await startHost({ host: 'host2' }, island.context);
  });

  it('is over for a host that was started already', async () => {
    const boot = 'cat /proc/1/stat | cut -d" " -f22';
    const before = await island.exec('host2', boot);
    expect(await startHost({ host: 'host2' }, island.context)).toMatchObject({ state: 'running' });
    expect(await island.exec('host2', boot)).toBe(before);
  });
});
