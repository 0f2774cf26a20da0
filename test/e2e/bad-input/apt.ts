import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCli } from '../../helpers/cli.js';
import { DebianArchive, type DebOptions } from '../../helpers/debian-archive.js';
import { serveFolder } from '../../helpers/folder-server.js';
import { makeTestKey } from '../../helpers/keys.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const alpha: DebOptions = { name: 'alpha', version: '1.0-1' };
const apt: DebOptions = { name: 'apt', version: '2.0', fields: { Priority: 'required' } };

const recipe = 'demo.recipe.yaml';
const lock = ['--config', 'settings.yaml', 'recipe', 'lock', recipe];

type Fields = Readonly<Record<string, unknown>>;

/** A recipe of one component, JSON being YAML. */
function recipeText(fields: Fields): string {
  const component = { name: 'debian', kind: 'apt', suite: 'testing', pockets: [], ...fields };
  const head = { apiVersion: 'wire-offline/v1', kind: 'Recipe', name: 'demo', version: '1.0.0' };
  return JSON.stringify({ ...head, channel: 'stable', sequence: 1, components: [component] });
}

/** A recipe whose component cannot be right whatever the archive has. */
function refused(what: string, fields: Fields, says: BadInput['says']): BadInput {
  return {
    title: `${what} is refused`,
    arrange: (world) =>
      writeFile(join(world.work, recipe), recipeText({ packages: ['alpha'], ...fields })),
    argv: ['recipe', 'check', recipe],
    code: 'RECIPE_INVALID',
    exitStatus: 3,
    says: [/demo\.recipe\.yaml:1:\d+ components\.0\./, ...says],
  };
}

function packageRefused(name: string): BadInput {
  return refused(`${JSON.stringify(name)} as a package name`, { packages: [name] }, [
    'packages.0',
    'the name of a Debian package',
  ]);
}

/** Serves a small archive, and names it in the settings; a row then spoils something. */
async function serveArchive(
  world: World,
  { fields = {}, times = {} }: { fields?: Fields; times?: { date?: Date; validUntil?: Date } } = {},
): Promise<DebianArchive> {
  const folder = join(world.folder, 'archive');
  await mkdir(folder);
  const archive = await DebianArchive.create(folder);
  world.atEnd(() => archive.close());
  await archive.publish({ suite: 'testing', debs: [apt, alpha], ...times });
  const server = await serveFolder(archive.root);
  world.atEnd(() => server.close());
  await writeFile(join(world.work, 'settings.yaml'), `mirrors: { apt: ["${server.url}"] }\n`);
  const text = recipeText({ keyring: archive.keyring, packages: ['alpha'], ...fields });
  await writeFile(join(world.work, recipe), text);
  // Its agent leaves sockets when it ends, which are no part of what is asserted.
  await archive.close();
  return archive;
}

/** Indexes whose hash was signed stay in the cache for the next run. */
const keepsIndexes = ['cache/wire-offline'];

function lockRow(row: Omit<BadInput, 'argv' | 'mayChange'>): BadInput {
  return { ...row, argv: lock, mayChange: keepsIndexes };
}

/** Locks, and makes a key, so that `bundle` gets as far as the packages. */
async function lockArchive(world: World): Promise<DebianArchive> {
  const archive = await serveArchive(world);
  const { status, stderr } = await runCli(world, { argv: lock });
  if (status !== 0) throw new Error(stderr);
  await makeTestKey(world.work, 'key');
  return archive;
}

const bundle = ['--config', 'settings.yaml', 'bundle', recipe, '--out', 'out', '--key', 'key'];

/** What can be wrong with Debian packages and with the archive that has them. */
export const aptRows: readonly BadInput[] = [
  ...['-oDir=/tmp', 'alpha; reboot', '../alpha.deb', '/tmp/alpha.deb', 'alph*', 'alpha-'].map(
    packageRefused,
  ),
  refused('no package at all', { packages: [] }, ['packages']),
  refused('a package twice', { packages: ['alpha', 'alpha=1.0-1'] }, ['each package once']),
  refused('a suite that is a path', { suite: '../testing' }, ['suite', 'a Debian suite']),
  refused('an archive in a recipe', { url: 'http://127.0.0.1/' }, ['"url"']),
  lockRow({
    title: 'a package that the suite has not is refused with the nearest one',
    arrange: async (world) => {
      await serveArchive(world, { fields: { packages: ['alhpa'] } });
    },
    code: 'APT_PACKAGE_UNKNOWN',
    exitStatus: 3,
    says: ['alhpa', 'did you mean alpha?'],
  }),
  lockRow({
    title: 'a version that the suite has not is refused with those it has',
    arrange: async (world) => {
      await serveArchive(world, { fields: { packages: ['alpha=0.9'] } });
    },
    code: 'APT_PACKAGE_UNKNOWN',
    exitStatus: 3,
    says: ['alpha=0.9', 'one of alpha=1.0-1'],
  }),
  lockRow({
    title: 'a suite that the archive has not is refused',
    arrange: async (world) => {
      await serveArchive(world, { fields: { suite: 'bookwurm' } });
    },
    code: 'APT_SUITE_UNKNOWN',
    exitStatus: 3,
    says: ['bookwurm', 'did you mean bookworm?'],
  }),
  lockRow({
    title: 'an archive that another key signed is refused',
    arrange: async (world) => {
      const other = await DebianArchive.create(join(world.folder, 'other'));
      await other.close();
      await serveArchive(world, { fields: { keyring: other.keyring } });
    },
    code: 'APT_SUITE_UNVERIFIED',
    exitStatus: 4,
    says: ['keyring', 'NO_PUBKEY'],
  }),
  lockRow({
    title: 'a keyring that is not there is refused',
    arrange: async (world) => {
      await serveArchive(world, { fields: { keyring: 'nowhere.gpg' } });
    },
    code: 'APT_KEYRING_UNREADABLE',
    exitStatus: 3,
    says: ['nowhere.gpg'],
  }),
  lockRow({
    title: 'a signed state with one byte flipped is refused',
    arrange: async (world) => {
      await (await serveArchive(world)).flipByte('dists/testing/InRelease', 120);
    },
    code: 'APT_SUITE_UNVERIFIED',
    exitStatus: 4,
    says: ['testing'],
  }),
  lockRow({
    title: 'an index with one byte flipped is refused',
    arrange: async (world) => {
      await (await serveArchive(world)).flipByte('dists/testing/main/binary-amd64/Packages.gz', 40);
    },
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['Packages.gz'],
  }),
  {
    ...lockRow({
      title: 'a signed state whose time is over is refused',
      arrange: async (world) => {
        const [date, validUntil] = [new Date('2020-01-01'), new Date('2020-01-08')];
        await serveArchive(world, { times: { date, validUntil } });
        await writeFile(join(world.work, 'apt.conf'), 'Dir::Etc::parts "/dev/null";\n');
      },
      code: 'APT_SUITE_EXPIRED',
      exitStatus: 4,
      says: ['expired', 'Acquire::Check-Valid-Until'],
    }),
    env: { APT_CONFIG: 'apt.conf' },
  },
  {
    title: 'a locked package that left its suite is named, with what to type',
    arrange: async (world) => {
      await (await lockArchive(world)).remove('pool/main/a/alpha/alpha_1.0-1_amd64.deb');
    },
    argv: bundle,
    code: 'SOURCE_GONE',
    exitStatus: 10,
    says: ['alpha 1.0-1', 'wire-offline recipe lock demo.recipe.yaml --update debian; or'],
    mayChange: keepsIndexes,
  },
  {
    title: 'a locked package with one byte flipped is refused',
    arrange: async (world) => {
      await (await lockArchive(world)).flipByte('pool/main/a/alpha/alpha_1.0-1_amd64.deb', 100);
    },
    argv: bundle,
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['alpha_1.0-1_amd64.deb'],
    mayChange: keepsIndexes,
  },
];
