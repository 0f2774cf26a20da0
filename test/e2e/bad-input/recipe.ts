import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { digestOf } from '../../../cli/digest.js';
import { lockText, specDigest } from '../../../cli/recipe/lock-file.js';
import { makeTestKey } from '../../helpers/keys.js';
import { httpComponent, includedText, recipeText, writeFiles } from '../../helpers/recipes.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';

const check = ['recipe', 'check', 'x.recipe.yaml'];
const bundle = ['bundle', 'x.recipe.yaml', '--out', 'x.bundle', '--key', '../alice'];

/** A row of files that `recipe check` refuses. */
function recipe(
  title: string,
  files: string | Readonly<Record<string, string>>,
  says: BadInput['says'],
): BadInput {
  return {
    title,
    arrange: (world) =>
      writeFiles(world.work, typeof files === 'string' ? { 'x.recipe.yaml': files } : files),
    argv: check,
    code: 'RECIPE_INVALID',
    exitStatus: 3,
    says,
  };
}

/** A component of every hostile name. */
function hostileName(title: string, name: string): BadInput {
  const components = [{ ...httpComponent('a'), name }];
  return recipe(`a component called ${title} is refused`, recipeText({ components }), [
    /x\.recipe\.yaml:7:22 components\.0\.name/,
  ]);
}

const spec = { url: 'http://127.0.0.1:9/a', sha256: '0'.repeat(64), executable: false };
const component = { name: 'a', kind: 'http', ...spec };
const pin = { digest: digestOf('a'), sizeBytes: 1 };

/** The lock of a recipe that has `component` only. */
const lock = lockText({
  lockedAt: '2026-03-01T00:00:00Z',
  components: new Map([
    ['a', { kind: 'http', spec: specDigest({ name: 'a', kind: 'http', spec }), pin }],
  ]),
});

/** A recipe with its lock and a key, ready to be bundled from an origin that nobody serves. */
async function ready(world: World, changed: Readonly<Record<string, string>> = {}): Promise<void> {
  await makeTestKey(world.folder, 'alice');
  const files = { 'x.recipe.yaml': recipeText({ components: [component] }), 'x.lock.yaml': lock };
  await writeFiles(world.work, { ...files, ...changed });
}

/** A row of a lock that `bundle` does not take. */
function locked(
  title: string,
  given: { readonly files: Readonly<Record<string, string>>; readonly code: BadInput['code'] },
  says: BadInput['says'],
): BadInput {
  const { files, code } = given;
  return {
    title,
    arrange: (world) => ready(world, files),
    argv: bundle,
    code,
    exitStatus: 3,
    says,
  };
}

/** What can be wrong with recipes. */
export const recipeRows: readonly BadInput[] = [
  {
    title: 'a recipe that is not there is refused',
    argv: check,
    code: 'RECIPE_UNREADABLE',
    exitStatus: 3,
    says: ['x.recipe.yaml', 'none'],
  },
  {
    title: 'a folder in the place of a recipe is refused',
    arrange: async (world) => {
      await mkdir(join(world.work, 'x.recipe.yaml'));
    },
    argv: check,
    code: 'RECIPE_UNREADABLE',
    exitStatus: 3,
    says: ['a folder'],
  },
  {
    title: 'a device in the place of a recipe is refused, not read',
    arrange: (world) => symlink('/dev/zero', join(world.work, 'x.recipe.yaml')),
    argv: check,
    code: 'RECIPE_UNREADABLE',
    exitStatus: 3,
    says: ['not a regular file'],
  },
  {
    title: 'a recipe by a name that has no lock is refused',
    argv: ['recipe', 'check', 'x.yaml'],
    code: 'RECIPE_INVALID',
    exitStatus: 3,
    says: ['.recipe.yaml'],
  },
  recipe('an unknown field is refused, with the nearest one', recipeText({ chanel: 'x' }), [
    /x\.recipe\.yaml:8:1 chanel/,
    'did you mean channel?',
  ]),
  recipe('a value of the wrong type is refused', recipeText({ sequence: 'one' }), [
    /x\.recipe\.yaml:6:11 sequence/,
    'a number',
  ]),
  recipe('a newer apiVersion is refused', recipeText({ apiVersion: 'wire-offline/v2' }), [
    /:1:13 apiVersion/,
    'wire-offline/v1',
  ]),
  recipe('a version that is none is refused', recipeText({ version: '1' }), [/:4:10 version/]),
  recipe('a version with a space is refused', recipeText({ version: ' 1.0.0' }), [/:4:10 version/]),
  recipe('a recipe of lists without end is refused at its place', '['.repeat(1000), [
    'x.recipe.yaml:1:65: expected at most 64 lists and mappings',
  ]),
  recipe(
    'an address that is none is refused at its place',
    recipeText({ components: [{ ...component, url: 'http://h:99999/x' }] }),
    [/x\.recipe\.yaml:7:\d+ components\.0\.url: expected an https or http URL/],
  ),
  recipe(
    'a version that no bundle can have is refused at its place',
    recipeText({ components: [{ ...component, version: '1\n0' }] }),
    [/x\.recipe\.yaml:7:\d+ components\.0\.version: expected 1 to 256 printable ASCII/],
  ),
  recipe('a channel that is a path is refused', recipeText({ channel: '../x' }), [/:5:10 channel/]),
  recipe('a recipe larger than any is refused', `# ${'x'.repeat(2_000_000)}\n${recipeText()}`, [
    'at most 1048576 bytes',
  ]),
  recipe(
    'a circle of includes is refused where it closes',
    {
      'x.recipe.yaml': recipeText({ include: ['y.recipe.yaml'] }),
      'y.recipe.yaml': includedText({ include: ['x.recipe.yaml'] }),
    },
    [/y\.recipe\.yaml:4:11 include\.0/, 'circle'],
  ),
  recipe('an include that is not there is refused', recipeText({ include: ['y.recipe.yaml'] }), [
    /x\.recipe\.yaml:8:11 include\.0/,
    'none',
  ]),
  recipe('an include by an absolute path is refused', recipeText({ include: ['/y.recipe.yaml'] }), [
    /:8:11 include\.0/,
    'a relative path',
  ]),
  recipe(
    'an include by an address is refused',
    recipeText({ include: ['https://x.example/y.recipe.yaml'] }),
    [/:8:11 include\.0/, 'a relative path'],
  ),
  recipe(
    'a component that is there twice is refused at both places',
    {
      'x.recipe.yaml': recipeText({ components: [component], include: ['y.recipe.yaml'] }),
      'y.recipe.yaml': includedText({ components: [component] }),
    },
    ['y.recipe.yaml:3:22', 'x.recipe.yaml:7:22'],
  ),
  recipe(
    'a kind of source that does not exist is refused, with the nearest one',
    recipeText({ components: [{ name: 'a', kind: 'htttp' }] }),
    [/:7:33 components\.0\.kind/, 'did you mean http?'],
  ),
  hostileName('../x', '../x'),
  hostileName('/abs', '/abs'),
  hostileName('..', '..'),
  hostileName('a name with NUL', 'a\u0000b'),
  hostileName('a name of 4 KiB', 'a'.repeat(4096)),
  hostileName('a name that another differs from by case', 'Nginx'),
  hostileName('a name that looks like another in Unicode', 'ngi\u043dx'),
];

/** What can be wrong when a recipe is bundled. */
export const bundlingRows: readonly BadInput[] = [
  {
    title: 'no lock is refused with the command that makes one',
    arrange: async (world) => {
      await writeFiles(world.work, { 'x.recipe.yaml': recipeText({ components: [component] }) });
      await makeTestKey(world.folder, 'alice');
    },
    argv: bundle,
    code: 'LOCK_MISSING',
    exitStatus: 3,
    says: ['x.lock.yaml', 'wire-offline recipe lock x.recipe.yaml'],
  },
  locked(
    'a component that changed since it was locked is refused',
    {
      files: { 'x.recipe.yaml': recipeText({ components: [{ ...component, executable: true }] }) },
      code: 'LOCK_STALE',
    },
    [/x\.recipe\.yaml:7:22 a/, 'wire-offline recipe lock x.recipe.yaml'],
  ),
  locked(
    'components that came and went since the lock are refused',
    {
      files: { 'x.recipe.yaml': recipeText({ components: [{ ...component, name: 'b' }] }) },
      code: 'LOCK_STALE',
    },
    [/x\.recipe\.yaml:7:22 b/, /x\.lock\.yaml a/],
  ),
  locked(
    'a lock edited by hand is refused, though its form holds',
    { files: { 'x.lock.yaml': lock.replace(pin.digest, digestOf('z')) }, code: 'LOCK_INVALID' },
    [/x\.lock\.yaml:6:5 components\.a/, 'by hand'],
  ),
  locked(
    'a digest of a lock that is a path is refused at its place',
    { files: { 'x.lock.yaml': lock.replace(pin.digest, 'sha256:../../x') }, code: 'LOCK_INVALID' },
    [/x\.lock\.yaml:10:15 components\.a\.pin\.digest/],
  ),
  locked(
    'an unknown field of a lock is refused',
    { files: { 'x.lock.yaml': `${lock}mirror: x\n` }, code: 'LOCK_INVALID' },
    [/x\.lock\.yaml:\d+:1 mirror/],
  ),
  {
    title: 'no key is refused',
    arrange: ready,
    argv: ['bundle', 'x.recipe.yaml', '--out', 'x.bundle'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--key'],
  },
  {
    title: 'a key that others may read is refused',
    arrange: async (world) => {
      await ready(world);
      await chmod(join(world.folder, 'alice'), 0o644);
    },
    argv: bundle,
    code: 'KEY_TOO_READABLE',
    exitStatus: 3,
    says: ['0644', 'chmod 600'],
  },
  {
    title: 'an output that is there is refused and kept',
    arrange: async (world) => {
      await ready(world);
      await writeFile(join(world.work, 'x.bundle'), 'an older one');
    },
    argv: bundle,
    code: 'OUTPUT_EXISTS',
    exitStatus: 11,
    says: ['x.bundle', '--force'],
  },
  {
    title: 'a pipe in the place of the output is refused, also by force',
    arrange: async (world) => {
      await ready(world);
      await execa('mkfifo', [join(world.work, 'x.bundle')]);
    },
    argv: [...bundle, '--force'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['a pipe'],
  },
  {
    title: 'an output folder that is not there is refused',
    arrange: ready,
    argv: ['bundle', 'x.recipe.yaml', '--out', 'no/x.bundle', '--key', '../alice'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['no/x.bundle'],
  },
  {
    title: 'an output in a folder that can only be read is refused',
    arrange: ready,
    argv: ['bundle', 'x.recipe.yaml', '--out', '/proc/x.bundle', '--key', '../alice'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['/proc/x.bundle'],
  },
  {
    title: 'a folder in the place of the output is refused, also by force',
    arrange: async (world) => {
      await ready(world);
      await mkdir(join(world.work, 'x.bundle'));
    },
    argv: [...bundle, '--force'],
    code: 'OUTPUT_NOT_WRITABLE',
    exitStatus: 11,
    says: ['a folder'],
  },
  {
    title: 'a channel that is longer than any is refused with its bounds',
    arrange: ready,
    argv: [...bundle, '--channel', 'x'.repeat(65)],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--channel', '1 to 64'],
  },
  {
    title: 'a channel that is a path is refused',
    arrange: ready,
    argv: [...bundle, '--channel', '../x'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--channel', '../x'],
  },
  {
    title: 'an end that is no date is refused',
    arrange: ready,
    argv: [...bundle, '--expires', 'next year'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['--expires', 'next year'],
  },
  {
    title: 'a date of the sources that is none is refused',
    arrange: ready,
    argv: bundle,
    env: { SOURCE_DATE_EPOCH: 'now' },
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['SOURCE_DATE_EPOCH', 'now'],
  },
  {
    title: 'an update of a component that does not exist is refused, with the nearest one',
    arrange: (world) =>
      writeFiles(world.work, {
        'x.recipe.yaml': recipeText({ components: [httpComponent('nginx')] }),
      }),
    argv: ['recipe', 'lock', 'x.recipe.yaml', '--update', 'ngnix'],
    code: 'USAGE_INVALID',
    exitStatus: 2,
    says: ['did you mean nginx?'],
  },
  ...['trust: /theirs\n', 'mirrors: { http: ["http://127.0.0.1:9"] }\n'].map((text): BadInput => ({
    title: `a carried wire-offline.yaml that says ${text.trim()} is refused`,
    arrange: (world) => ready(world, { 'wire-offline.yaml': text }),
    argv: bundle,
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: [/wire-offline\.yaml:1:\d+/, 'lies in the working folder'],
  })),
];
