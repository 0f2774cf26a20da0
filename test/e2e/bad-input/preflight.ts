import { truncate } from 'node:fs/promises';
import { makeTestKey } from '../../helpers/keys.js';
import { makePushBundle, makePushWorld, writeIsland } from '../../helpers/push-world.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const argv = ['preflight', '--island', 'island.yaml', '--ssh-key', 'operator'];

/** Hosts write their own logs. */
const mayChange = ['hosts'];

/** A host; what stands in the island file for it is changed. */
function entry(changed: (world: World) => Promise<Readonly<Record<string, unknown>>>) {
  return async (world: World): Promise<void> => {
    const { hosts } = await makePushWorld(world, { hosts: 1 });
    await writeIsland(world, hosts, await changed(world));
  };
}

/** What can be wrong before a host is judged; what is wrong with hosts is their verdict. */
export const preflightRows: readonly BadInput[] = [
  {
    title: 'a preflight without an island file is refused',
    argv: ['preflight'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--island'],
  },
  {
    title: 'a preflight of an island file that is not there is refused',
    argv,
    code: 'ISLAND_UNREADABLE',
    exitStatus: 3,
    says: ['island.yaml', 'island init'],
  },
  {
    title: 'a key that is not there is refused before a host is reached',
    arrange: entry(() => Promise.resolve({ port: 1 })),
    argv: [...argv.slice(0, -1), 'nobody'],
    mayChange,
    code: 'SSH_KEY_MISSING',
    exitStatus: 3,
    says: ['nobody', '--ssh-key'],
  },
  {
    title: 'a host that shows another key is not judged but refused',
    arrange: entry(async ({ folder }) => {
      return { hostKey: (await makeTestKey(folder, 'other')).publicKey };
    }),
    argv,
    mayChange,
    code: 'HOST_KEY_CHANGED',
    exitStatus: 6,
    says: ['host1', 'island scan-keys'],
  },
  {
    title: 'a host without a pinned key is not judged but refused',
    arrange: entry(() => Promise.resolve({ hostKey: undefined })),
    argv,
    mayChange,
    code: 'HOST_KEY_UNPINNED',
    exitStatus: 6,
    says: ['host1', 'island scan-keys'],
  },
  {
    title: 'a password of sudo that nobody can be asked for is missed before a host is judged',
    arrange: entry(() => Promise.resolve({ user: 'op', sudo: 'prompt' })),
    argv,
    mayChange,
    code: 'SUDO_NEEDS_PASSWORD',
    exitStatus: 6,
    says: ['host1', 'terminal'],
  },
  {
    title: 'hosts are not measured by a bundle of another channel',
    arrange: async (world) => {
      const { sign } = await makePushWorld(world, { hosts: 1 });
      await makePushBundle(world, { sign, head: { channel: 'beta' } });
    },
    argv: [...argv, '--bundle', 'small.bundle'],
    mayChange,
    code: 'BUNDLE_CHANNEL_OTHER',
    exitStatus: 4,
    says: ['stable', 'beta'],
  },
  {
    title: 'hosts are not measured by a bundle that was cut off',
    arrange: async (world) => {
      const { sign } = await makePushWorld(world, { hosts: 1 });
      const file = await makePushBundle(world, { sign });
      await truncate(file, 500_000);
    },
    argv: [...argv, '--bundle', 'small.bundle'],
    mayChange,
    code: 'BUNDLE_TRUNCATED',
    exitStatus: 4,
    says: ['copy the file again'],
  },
];
