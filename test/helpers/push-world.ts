import { randomBytes } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundleHead } from '../../cli/bundle/document.js';
import { roles } from '../../cli/island/roles.js';
import { fileComponent, makeSigner, makeSmallBundle, type Sign } from './bundles.js';
import { makeTestKey, type TestKey } from './keys.js';
import { startSshHost, type SshHost, type SshHostOptions } from './ssh-hosts.js';
import type { World } from './world.js';

/** Hosts on loopback, their island file, the operator's key, and who signs bundles for them. */
export interface PushWorld {
  readonly assets: SshHost;
  readonly hosts: readonly SshHost[];
  readonly sign: Sign;
  /** `push BUNDLE` with the island and the key. */
  readonly argv: (...more: readonly string[]) => readonly string[];
}

/** Where a host of a test keeps what was pushed. */
export const pushedTo = {
  blobs: '/srv/assets/blobs/sha256',
  incoming: '/srv/assets/incoming',
  accepted: '/var/lib/wire-offline/accepted/stable',
} as const;

export const pushArgv: readonly string[] = [
  ...['push', 'small.bundle', '--island', 'island.yaml', '--ssh-key', 'operator'],
];

/** Starts hosts, the first of which has every role but one, and writes `island.yaml` and `operator` beside them. */
export async function makePushWorld(
  world: World,
  options: { readonly hosts?: number } & Partial<SshHostOptions> = {},
): Promise<PushWorld> {
  const operator = await operatorKey(world);
  const { hosts: count = 2, ...given } = options;
  const hosts = await Promise.all(
    Array.from({ length: count }, (_none, index) =>
      startSshHost(world, {
        ...given,
        ...{ name: `host${String(index + 1)}`, address: `127.0.0.${String(index + 2)}`, operator },
      }),
    ),
  );
  const [assets] = hosts;
  if (assets === undefined) throw new TypeError('an island has a host');
  await writeIsland(world, hosts);
  const sign = await makeSigner(world);
  return { assets, hosts, sign, argv: (...more) => [...pushArgv, ...more] };
}

/** Writes `island.yaml`; `changed` says what stands there instead for the first host. */
export async function writeIsland(
  world: World,
  hosts: readonly Pick<SshHost, 'name' | 'address' | 'port' | 'user' | 'sudo' | 'hostKey'>[],
  changed: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  const island = {
    ...{ apiVersion: 'wire-offline/v1', kind: 'Island', name: 'test', domain: 'wire.example' },
    channel: 'stable',
    hosts: hosts.map(({ name, address, port, user, sudo, hostKey }, index) => ({
      ...{ name, address, port, user, sudo, hostKey: hostKey.publicKey },
      roles: index === 0 ? roles : ['turn'],
      ...(index === 0 ? changed : {}),
    })),
    turn: { ports: { from: 49152, to: 65535 } },
  };
  await writeFile(join(world.work, 'island.yaml'), JSON.stringify(island));
}

/** A bundle `small.bundle` with as many random bytes in it, in files of their own. */
export async function makePushBundle(
  world: World,
  options: {
    readonly sign: Sign;
    readonly head?: Partial<BundleHead>;
    readonly files?: readonly Uint8Array[];
    readonly file?: string;
  },
): Promise<string> {
  const { sign, head = {}, files = [] } = options;
  const { file } = await makeSmallBundle(world, {
    ...{ sign, head, file: join(world.work, options.file ?? 'small.bundle') },
    more: (store) =>
      Promise.all(
        files.map((bytes, index) => {
          const name = `file-${String(index)}`;
          return fileComponent(store, { name, path: name, bytes });
        }),
      ),
  });
  return file;
}

/** Bytes that nothing compresses and no other test has. */
export function freshFiles(...sizesBytes: readonly number[]): readonly Uint8Array[] {
  return sizesBytes.map((sizeBytes) => randomBytes(sizeBytes));
}

async function operatorKey(world: World): Promise<TestKey> {
  const folder = join(world.folder, 'keys');
  await mkdir(folder, { recursive: true });
  const key = await makeTestKey(folder, 'operator');
  const file = join(world.work, 'operator');
  await rename(key.file, file);
  return { ...key, file };
}
