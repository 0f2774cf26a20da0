import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IslandHost } from '../../cli/island/island.js';
import { hostKeySchema } from '../../cli/island/host-key.js';
import { makeTestKey, type TestKey } from './keys.js';
import type { World } from './world.js';

/** A host of a test: OpenSSH's own server on a loopback address, with folders, users and sudo of its own. */
export interface SshHost {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  readonly sudo: 'none' | 'prompt';
  readonly hostKey: TestKey;
  /** A path of the host as seen from here. */
  readonly path: (path: string) => string;
  /** Kills the sessions there are, as a broken line does; new ones are taken. */
  readonly cutSessions: () => Promise<void>;
}

export interface SshHostOptions {
  readonly name: string;
  /** On the loopback network, of its own. */
  readonly address: string;
  /** The key that gets in. */
  readonly operator: TestKey;
  readonly user?: string;
  readonly sudo?: 'none' | 'prompt';
  /** How much the data directories hold. */
  readonly dataBytes?: number;
}

/** What sudo asks for on hosts that ask. */
export const sudoPassword = "it's $(a) `secret`";

/** Starts a host; it ends with the world. */
export async function startSshHost(world: World, options: SshHostOptions): Promise<SshHost> {
  const { name, address, operator, user = 'root', sudo = 'none', dataBytes = 1e9 } = options;
  const folder = join(world.folder, 'hosts', name);
  await mkdir(folder, { recursive: true });
  const hostKey = await makeTestKey(folder, 'host-key');
  const port = await freePort(address);
  await writeFile(join(folder, 'authorized'), `${operator.publicKey}\n`);
  await writeFile(join(folder, 'password'), `${user}:${sudoPassword}\n`);
  await writeFile(join(folder, 'sshd_config'), sshdConfig({ folder, address, port }));
  const setup = setupScript({ folder, user, sudo, dataBytes });
  const flags = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const keeper = spawn('unshare', [...flags, 'sh', '-euc', setup], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  world.atEnd(async () => {
    if (keeper.exitCode !== null || keeper.signalCode !== null) return;
    keeper.kill('SIGKILL');
    await once(keeper, 'close');
  });
  await answering(folder);
  const [server = ''] = await childrenOf(String(keeper.pid));
  return {
    ...{ name, address, port, user, sudo, hostKey },
    path: (path) => `/proc/${server}/root${path}`,
    cutSessions: async () => {
      for (const session of await childrenOf(server)) process.kill(Number(session), 'SIGKILL');
    },
  };
}

/** The host as an island file would name it, with the roles that a push looks at. */
export function islandHost(host: SshHost): IslandHost {
  const { name, address, port, user, sudo, hostKey } = host;
  return {
    ...{ name, address, port, user, sudo, where: name, jump: undefined, labels: {} },
    hostKey: hostKeySchema.parse(hostKey.publicKey),
    roles: ['assets'],
    size: { cores: 1, memoryBytes: 1e9 },
    dataDirectories: [{ role: 'assets', path: '/srv/assets', sizeBytes: 1e9 }],
  };
}

/** A free TCP port of a loopback address. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  server.close();
  await once(server, 'close');
  return port;
}

function sshdConfig(place: { folder: string; address: string; port: number }): string {
  const { folder, address, port } = place;
  return [
    `ListenAddress ${address}:${String(port)}`,
    `HostKey ${folder}/host-key`,
    `AuthorizedKeysFile /var/lib/authorized`,
    'AuthenticationMethods publickey',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
    `PidFile ${folder}/pid`,
    '',
  ].join('\n');
}

interface Setup {
  readonly folder: string;
  readonly user: string;
  readonly sudo: 'none' | 'prompt';
  readonly dataBytes: number;
}

/** The folders that a push writes to, and users and sudo rules, are the host's own; the rest is the machine's. */
function setupScript({ folder, user, sudo, dataBytes }: Setup): string {
  const rule = sudo === 'prompt' ? 'ALL' : 'NOPASSWD: ALL';
  return [
    'mount --make-rprivate /',
    `mount -t tmpfs -o size=${String(dataBytes)} tmpfs /srv`,
    'mount -t tmpfs -o size=16m tmpfs /var/lib',
    `cp ${folder}/authorized /var/lib/authorized`,
    'mkdir -p /run/sshd',
    ...(user === 'root'
      ? []
      : [
          `cp -a /etc ${folder}/etc`,
          `mount --bind ${folder}/etc /etc`,
          'mount -t tmpfs -o size=16m tmpfs /home',
          `useradd -m -s /bin/bash ${user}`,
          `chpasswd < ${folder}/password`,
          `printf '%s ALL=(ALL:ALL) %s\\n' ${user} '${rule}' > /etc/sudoers.d/${user}`,
        ]),
    `exec /usr/sbin/sshd -D -f ${folder}/sshd_config -E ${folder}/log`,
  ].join('\n');
}

/** sshd writes its process id once it listens. */
async function answering(folder: string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    const log = await readFile(join(folder, 'log'), 'utf8').catch(() => '');
    if (log.includes('Server listening')) return;
    await sleep(25);
  }
  throw new Error(`${folder}: sshd did not start`);
}

/** The processes that one has started. Source: proc(5). */
async function childrenOf(pid: string): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.split(' ').filter((word) => word !== '');
}
