import { createServer, type Socket } from 'node:net';
import { copyFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { runCli } from '../../helpers/cli.js';
import { makeTestKey } from '../../helpers/keys.js';
import {
  freshFiles,
  makePushBundle,
  makePushWorld,
  pushArgv,
  writeIsland,
} from '../../helpers/push-world.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

/** Hosts write their own logs. */
const mayChange = ['hosts'];

type Row = Pick<BadInput, 'title' | 'arrange' | 'code' | 'exitStatus' | 'says'>;

function push(row: Row): BadInput {
  return { ...row, argv: pushArgv, mayChange };
}

/** A host and a bundle; what stands in the island file for the host is changed. */
function entry(changed: (world: World) => Promise<Readonly<Record<string, unknown>>>) {
  return async (world: World): Promise<void> => {
    const { hosts, sign } = await makePushWorld(world, { hosts: 1 });
    await makePushBundle(world, { sign });
    await writeIsland(world, hosts, await changed(world));
  };
}

/** A server that is no sshd, on an address of its own. */
async function serve(world: World, connected: (socket: Socket) => void): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    sockets.push(socket);
    connected(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  world.atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const bound = server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : 0;
}

/** A bundle that the island has accepted, and another one that is then to be pushed. */
function afterwards(head: { readonly sequence: number }) {
  return async (world: World): Promise<void> => {
    const { sign, argv } = await makePushWorld(world, { hosts: 2 });
    await makePushBundle(world, { sign });
    await runCli(world, { argv: argv() });
    await makePushBundle(world, { sign, head, files: freshFiles(10), file: 'other.bundle' });
    await copyFile(join(world.work, 'other.bundle'), join(world.work, 'small.bundle'));
  };
}

/** What can be wrong with hosts, and with what is pushed to them. */
export const pushRows: readonly BadInput[] = [
  push({
    title: 'a host that shows another key is refused',
    arrange: entry(async ({ folder }) => {
      return { hostKey: (await makeTestKey(folder, 'other')).publicKey };
    }),
    code: 'HOST_KEY_CHANGED',
    exitStatus: 6,
    says: ['host1', 'island scan-keys'],
  }),
  push({
    title: 'a host whose key is of another kind than the pinned one is refused',
    arrange: entry(async ({ folder }) => {
      return { hostKey: (await makeTestKey(folder, 'other', { type: 'ecdsa' })).publicKey };
    }),
    code: 'HOST_KEY_CHANGED',
    exitStatus: 6,
    says: ['ecdsa-sha2-nistp256', 'ssh-ed25519'],
  }),
  push({
    title: 'a host without a pinned key is refused',
    arrange: entry(() => Promise.resolve({ hostKey: undefined })),
    code: 'HOST_KEY_UNPINNED',
    exitStatus: 6,
    says: ['host1', 'island scan-keys'],
  }),
  push({
    title: 'a host that refuses connections is named',
    arrange: entry(() => Promise.resolve({ port: 1 })),
    code: 'HOST_REFUSED',
    exitStatus: 6,
    says: ['host1', 'port 1'],
  }),
  push({
    title: 'a host that resets connections is named',
    arrange: entry(async (world) => ({
      address: '127.0.0.1',
      port: await serve(world, (socket) => socket.resetAndDestroy()),
    })),
    code: 'HOST_LOST',
    exitStatus: 6,
    says: ['host1'],
  }),
  push({
    title: 'a host that says nothing is given up',
    arrange: entry(async (world) => ({
      address: '127.0.0.1',
      port: await serve(world, () => undefined),
    })),
    code: 'HOST_TIMEOUT',
    exitStatus: 6,
    says: ['host1', 'firewall'],
  }),
  push({
    title: 'a password of sudo that nobody can be asked for is missed',
    arrange: entry(() => Promise.resolve({ user: 'op', sudo: 'prompt' })),
    code: 'SUDO_NEEDS_PASSWORD',
    exitStatus: 6,
    says: ['host1', 'terminal'],
  }),
  push({
    title: 'a bundle of another channel is refused',
    arrange: async (world) => {
      const { sign } = await makePushWorld(world, { hosts: 1 });
      await makePushBundle(world, { sign, head: { channel: 'beta' } });
    },
    code: 'BUNDLE_CHANNEL_OTHER',
    exitStatus: 4,
    says: ['stable', 'beta'],
  }),
  push({
    title: 'an older sequence than a host has accepted is refused',
    arrange: afterwards({ sequence: 6 }),
    code: 'BUNDLE_SEQUENCE_OLDER',
    exitStatus: 4,
    says: ['sequence 7', 'got 6'],
  }),
  push({
    title: 'another bundle with a sequence that is taken is refused',
    arrange: afterwards({ sequence: 7 }),
    code: 'BUNDLE_SEQUENCE_TAKEN',
    exitStatus: 4,
    says: ['sequence 7'],
  }),
  push({
    title: 'an expired bundle that the island has not accepted is refused',
    arrange: async (world) => {
      const { sign } = await makePushWorld(world, { hosts: 1 });
      await makePushBundle(world, { sign, head: { expiresAt: '2026-01-03T00:00:00Z' } });
    },
    code: 'BUNDLE_EXPIRED',
    exitStatus: 4,
    says: ['2026-01-03'],
  }),
  push({
    title: 'a disk that is too small is told before anything is sent',
    arrange: async (world) => {
      const { sign } = await makePushWorld(world, { hosts: 1, dataBytes: 4_194_304 });
      await makePushBundle(world, { sign, files: freshFiles(8_000_000) });
    },
    code: 'HOST_DISK_FULL',
    exitStatus: 7,
    says: ['host1', 'are needed'],
  }),
  push({
    title: 'a push while another one holds the lock is refused, with who that is',
    arrange: async (world) => {
      const { sign, assets } = await makePushWorld(world, { hosts: 1 });
      await makePushBundle(world, { sign });
      await holdLock(world, assets.path('/var/lib/wire-offline'));
    },
    code: 'ISLAND_LOCKED',
    exitStatus: 9,
    says: ['ada@ship with install'],
  }),
  push({
    title: 'a bundle that was cut off is refused before a host is reached',
    arrange: async (world) => {
      await entry(() => Promise.resolve({ port: 1 }))(world);
      await truncate(join(world.work, 'small.bundle'), 500_000);
    },
    code: 'BUNDLE_TRUNCATED',
    exitStatus: 4,
    says: ['copy the file again'],
  }),
];

/** Holds the lock as a run of somebody else would, until the world ends. */
async function holdLock(world: World, folder: string): Promise<void> {
  const line =
    'mkdir -p "$0" && exec 9>"$0/lock" && flock 9 && echo "run 1 ada@ship with install" >&9 && echo held && exec sleep 600';
  const holder = spawn('sh', ['-c', line, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  world.atEnd(async () => {
    holder.kill('SIGKILL');
    await once(holder, 'close');
  });
  await once(holder.stdout, 'data');
}
