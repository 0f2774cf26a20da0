import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { openStore } from '../../../cli/store/folder-store.js';
import { makeAuthority } from '../../helpers/authority.js';
import { runCli } from '../../helpers/cli.js';
import { makeTestKey } from '../../helpers/keys.js';
import { startOrigin, whole, type Behaviour, type Origin } from '../../helpers/origin.js';
import { httpComponent, recipeText, writeFiles } from '../../helpers/recipes.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const bytes = Buffer.alloc(100_000, 'x');
export const lock = ['recipe', 'lock', 'x.recipe.yaml'];
const bundle = ['bundle', 'x.recipe.yaml', '--out', 'x.bundle', '--key', '../alice'];

/** A recipe in the working folder, and a store that is there already, so that no folder of it is new. */
export async function writeRecipe(
  world: World,
  ...components: readonly Readonly<Record<string, unknown>>[]
): Promise<void> {
  await writeFiles(world.work, { 'x.recipe.yaml': recipeText({ components }) });
  await openStore(join(world.cache, 'wire-offline'));
}

/** Starts an origin that ends with the world, with TLS of a private CA where that is asked for. */
export async function startOriginIn(world: World, { tls = false } = {}): Promise<Origin> {
  const folder = join(world.folder, 'authority');
  if (tls) await mkdir(folder);
  const authority = tls ? await makeAuthority(folder) : undefined;
  const origin = await startOrigin(authority?.server);
  world.atEnd(() => origin.stop());
  return origin;
}

/** A recipe of one file of an origin that misbehaves as it is told. */
function served(...behaviours: readonly Behaviour[]) {
  return async (world: World): Promise<void> => {
    const origin = await startOriginIn(world);
    await writeRecipe(
      world,
      httpComponent('a', { url: origin.serve('/a', bytes, ...behaviours), bytes }),
    );
  };
}

type Locking = Pick<BadInput, 'title' | 'code' | 'says'> &
  Pick<Required<BadInput>, 'arrange'> &
  Pick<BadInput, 'mayChange' | 'env'>;

function locking(row: Locking, exitStatus = 10): BadInput {
  return { ...row, argv: lock, exitStatus };
}

function refusing(status: number, row: Pick<BadInput, 'code' | 'says'>): BadInput {
  return locking({
    title: `a server that answers ${String(status)} is told as what it is`,
    arrange: served({ kind: 'status', status }),
    ...row,
  });
}

function redirecting(title: string, locationOf: (origin: Origin) => string): BadInput {
  return locking({
    title,
    arrange: async (world) => {
      const origin = await startOriginIn(world);
      const headers = { location: locationOf(origin) };
      const url = origin.serve('/a', bytes, { kind: 'status', status: 302, headers });
      await writeRecipe(world, httpComponent('a', { url, bytes }));
    },
    code: 'SOURCE_REDIRECTS',
    says: ['at most 5 redirects'],
  });
}

/** What lies in the recipe itself, so that nobody is asked. */
export function refused(
  title: string,
  component: Readonly<Record<string, unknown>>,
  says: BadInput['says'],
): BadInput {
  return {
    title,
    arrange: (world) => writeRecipe(world, { name: 'a', ...component }),
    argv: ['recipe', 'check', 'x.recipe.yaml'],
    code: 'RECIPE_INVALID',
    exitStatus: 3,
    says: [/x\.recipe\.yaml:7:\d+ components\.0\./, ...says],
  };
}

/** A locked recipe of one file, a key and an empty cache. */
async function ready(world: World, ...later: readonly Behaviour[]): Promise<Origin> {
  const origin = await startOriginIn(world);
  const url = origin.serve('/a', bytes, whole, ...later);
  await writeRecipe(world, httpComponent('a', { url, bytes }));
  await makeTestKey(world.folder, 'alice');
  const { status, stderr } = await runCli(world, { argv: lock });
  if (status !== 0) throw new Error(stderr);
  await rm(join(world.cache, 'wire-offline'), { recursive: true });
  await openStore(join(world.cache, 'wire-offline'));
  return origin;
}

/** Mounts a small or read-only disk over a new folder of the working folder. */
async function mountDisk(world: World, name: string, options: string): Promise<void> {
  const folder = join(world.work, name);
  await mkdir(folder);
  await execa('mount', ['-t', 'tmpfs', '-o', `mode=700,${options}`, 'tmpfs', folder]);
  world.atEnd(async () => {
    await execa('umount', [folder]);
  });
}

/** What can go wrong at servers. */
export const originRows: readonly BadInput[] = [
  locking(
    {
      title: 'a file of which one bit differs is refused and not kept',
      arrange: served({ kind: 'flip', at: 70_000 }),
      code: 'SOURCE_MISMATCH',
      says: ['/a: expected sha256:', 'got sha256:', 'nothing of it was kept'],
    },
    4,
  ),
  locking({
    title: 'a download that ends too early in each try is kept for the next run',
    arrange: served({ kind: 'truncate', at: 1000 }),
    code: 'SOURCE_TRUNCATED',
    says: ['goes on where it stopped'],
    mayChange: ['cache/wire-offline/partial'],
  }),
  refusing(401, { code: 'SOURCE_REFUSED', says: ['401', 'credentials'] }),
  refusing(403, { code: 'SOURCE_REFUSED', says: ['403', 'credentials'] }),
  refusing(404, { code: 'SOURCE_GONE', says: ['404', 'mirror'] }),
  refusing(410, { code: 'SOURCE_GONE', says: ['410', 'mirror'] }),
  refusing(429, { code: 'SOURCE_OVERLOADED', says: ['429', '--concurrency'] }),
  refusing(503, { code: 'SOURCE_OVERLOADED', says: ['503', '--concurrency'] }),
  locking({
    title: 'a server whose certificate is of an unknown CA is refused',
    arrange: async (world) => {
      const origin = await startOriginIn(world, { tls: true });
      await writeRecipe(world, httpComponent('a', { url: origin.serve('/a', bytes), bytes }));
    },
    code: 'SOURCE_TLS',
    says: ['NODE_EXTRA_CA_CERTS'],
  }),
  redirecting('a redirect to itself is followed five times', () => '/a'),
  redirecting('a redirect to a file of this machine is refused', () => 'file:///etc/passwd'),
  {
    ...locking({
      title: 'a redirect from https to http is refused',
      arrange: async (world) => {
        const [secure, plain] = [
          await startOriginIn(world, { tls: true }),
          await startOriginIn(world),
        ];
        const headers = { location: plain.serve('/a', bytes) };
        const url = secure.serve('/a', bytes, { kind: 'status', status: 301, headers });
        await writeRecipe(world, httpComponent('a', { url, bytes }));
      },
      code: 'SOURCE_REDIRECTS',
      says: ['from https to http:'],
    }),
    env: { NODE_EXTRA_CA_CERTS: '../authority/ca.pem' },
  },
  {
    ...locking(
      {
        title: 'a body without end is cut off at the size of the lock',
        arrange: async (world) => {
          await ready(world, { kind: 'endless' });
        },
        code: 'SOURCE_MISMATCH',
        says: ['100000 bytes'],
      },
      4,
    ),
    argv: bundle,
  },
  {
    title:
      'a locked file that upstream no longer has is named with the command that locks it again',
    arrange: async (world) => {
      await ready(world, { kind: 'status', status: 404 });
    },
    argv: bundle,
    code: 'SOURCE_GONE',
    exitStatus: 10,
    says: ['/a: expected', 'wire-offline recipe lock x.recipe.yaml --update a; or'],
  },
  {
    title:
      'a place that is away and one that has it no longer are both named, and it is not said to be gone',
    arrange: async (world) => {
      const origin = await ready(world, { kind: 'status', status: 404 });
      await writeFiles(world.config, {
        'wire-offline/wire-offline.yaml': `mirrors: { http: ["https://127.0.0.1:1", "${origin.url}"] }\n`,
      });
    },
    argv: bundle,
    code: 'SOURCE_UNREACHABLE',
    exitStatus: 10,
    says: ['from one of 2 places', 'https://127.0.0.1:1/a', /SOURCE_GONE.*404/],
  },
  refused('a file without its sha256 is refused', { kind: 'http', url: 'https://x.example/a' }, [
    'sha256',
  ]),
  refused(
    'a sha256 in capitals is refused',
    { kind: 'http', url: 'https://x.example/a', sha256: 'A'.repeat(64) },
    ['64 lower-case hex digits'],
  ),
  refused(
    'an address with credentials is refused',
    { ...httpComponent('a', { url: 'https://me:secret@x.example/a' }) },
    ['an address without credentials'],
  ),
  refused(
    'an address of another protocol is refused',
    { ...httpComponent('a', { url: 'ftp://x.example/a' }) },
    ['url'],
  ),
  refused(
    'a file name that is a path is refused',
    { ...httpComponent('a', { url: 'https://x.example/a' }), filename: '../x' },
    ['filename'],
  ),
];

/** What can go wrong with disks. */
export const diskRows: readonly BadInput[] = [
  {
    title: 'a cache on a full disk is told, and what was downloaded is kept',
    arrange: async (world) => {
      await served(whole)(world);
      await mountDisk(world, 'small', 'size=64k');
    },
    argv: ['--cache', 'small', ...lock],
    code: 'DISK_FULL',
    exitStatus: 11,
    says: ['ENOSPC', '--cache'],
    mayChange: ['work/small'],
  },
  {
    title: 'a cache that can only be read is refused',
    arrange: async (world) => {
      await served(whole)(world);
      await mountDisk(world, 'fixed', 'ro');
    },
    argv: ['--cache', 'fixed', ...lock],
    code: 'STORE_READ_ONLY',
    exitStatus: 11,
    says: ['EROFS', '--cache'],
  },
  {
    title: 'a cache that others may write to is refused',
    arrange: async (world) => {
      await served(whole)(world);
      await mountDisk(world, 'open', 'mode=777');
    },
    argv: ['--cache', 'open', ...lock],
    code: 'STORE_UNSAFE',
    exitStatus: 11,
    says: ['chmod'],
    mayChange: ['work/open'],
  },
  {
    title: 'a bundle on a full disk is told, and nothing of it is left',
    arrange: async (world) => {
      await ready(world);
      await mountDisk(world, 'small', 'size=64k');
    },
    argv: ['bundle', 'x.recipe.yaml', '--out', 'small/x.bundle', '--key', '../alice'],
    code: 'DISK_FULL',
    exitStatus: 11,
    says: ['ENOSPC'],
    // What was downloaded is kept.
    mayChange: ['cache/wire-offline/blobs'],
  },
  {
    title: 'a bundle on a disk that can only be read is refused before anything is fetched',
    arrange: async (world) => {
      await ready(world);
      await mountDisk(world, 'fixed', 'ro');
    },
    argv: ['bundle', 'x.recipe.yaml', '--out', 'fixed/x.bundle', '--key', '../alice'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['fixed/x.bundle'],
  },
  {
    title: 'a lock that can only be read from its disk is refused',
    arrange: async (world) => {
      await mountDisk(world, 'fixed', 'size=1m');
      const origin = await startOriginIn(world);
      const url = origin.serve('/a', bytes);
      await writeRecipe(world, httpComponent('a', { url, bytes }));
      const text = recipeText({ components: [httpComponent('a', { url, bytes })] });
      await writeFile(join(world.work, 'fixed/x.recipe.yaml'), text);
      await execa('mount', ['-o', 'remount,ro', join(world.work, 'fixed')]);
    },
    argv: ['recipe', 'lock', 'fixed/x.recipe.yaml'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['fixed/x.lock.yaml'],
    mayChange: ['cache/wire-offline/blobs'],
  },
];
