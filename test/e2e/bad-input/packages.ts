import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Origin } from '../../helpers/origin.js';
import { writeFiles } from '../../helpers/recipes.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';
import { lock, refused, startOriginIn, writeRecipe } from './sources.js';

/** A repository of packages on loopback in the place of the machine's own, and a recipe of one of them. */
async function begin(
  world: World,
  component: Readonly<Record<string, unknown>> & { readonly kind: string },
): Promise<Origin> {
  const origin = await startOriginIn(world);
  const settings = `mirrors: { ${component.kind}: ["${origin.url}"] }\n`;
  await writeFiles(world.config, { 'wire-offline/wire-offline.yaml': settings });
  await writeRecipe(world, { name: 'a', ...component });
  return origin;
}

/** Publishes version 1.0.0 of a package called pad, with the given members and, if said, another integrity. */
async function publish(
  world: World,
  origin: Origin,
  {
    members = ['package/index.js'],
    integrity,
  }: { members?: readonly string[]; integrity?: string } = {},
): Promise<void> {
  const folder = join(world.folder, 'package');
  await mkdir(folder);
  await writeFile(join(folder, 'file'), 'a file');
  const tarball = join(world.folder, 'pad.tgz');
  for (const [at, member] of members.entries())
    await execa('tar', [
      ...[at === 0 ? '-cf' : '-rf', `${tarball}.tar`, '-P', '--format=ustar', '-C', folder],
      ...[`--transform=flags=r;s,^file$,${member},`, 'file'],
    ]);
  await execa('gzip', ['-n', `${tarball}.tar`]);
  const bytes = await readFile(`${tarball}.tar.gz`);
  const sri = integrity ?? `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const url = origin.serve('/pad/-/pad-1.0.0.tgz', bytes);
  const version = { name: 'pad', version: '1.0.0', dist: { tarball: url, integrity: sri } };
  const packument = {
    name: 'pad',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': version },
  };
  origin.serveAs('/pad', Buffer.from(JSON.stringify(packument)), {
    'content-type': 'application/json',
  });
}

const pad = { kind: 'npm', package: 'pad', version: '1.0.0' };

/** npm keeps a cache and logs of its own in the user's home. */
const npmHome = ['home/.npm'];
const kept = [...npmHome, 'cache/wire-offline'];

/** What can be wrong with npm packages, Maven artifacts and Go modules, and where they come from. */
export const packageRows: readonly BadInput[] = [
  {
    title: 'an npm package that the registry has not is refused',
    arrange: async (world) => {
      await begin(world, pad);
    },
    argv: lock,
    code: 'NPM_PACKAGE_UNKNOWN',
    exitStatus: 10,
    says: ['npm pad'],
    mayChange: npmHome,
  },
  {
    title: 'a version of an npm package that does not exist is refused with those that do',
    arrange: async (world) => {
      await publish(world, await begin(world, { ...pad, version: '^2.0.0' }));
    },
    argv: lock,
    code: 'NPM_VERSION_UNKNOWN',
    exitStatus: 10,
    says: ['^2.0.0', '1.0.0'],
    mayChange: npmHome,
  },
  {
    title: 'an npm tarball that is not what the registry promised is refused',
    arrange: async (world) => {
      const integrity = `sha512-${createHash('sha512').update('another').digest('base64')}`;
      await publish(world, await begin(world, pad), { integrity });
    },
    argv: lock,
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['pad-1.0.0.tgz', 'sha512:'],
    mayChange: npmHome,
  },
  {
    title: 'a member that an npm tarball has not is refused',
    arrange: async (world) => {
      await publish(world, await begin(world, { ...pad, files: ['bin/node'] }));
    },
    argv: lock,
    code: 'NPM_FILE_MISSING',
    exitStatus: 10,
    says: ['bin/node'],
    mayChange: kept,
  },
  ...['package/../../x', '/abs/x'].map((member): BadInput => ({
    title: `an npm tarball with a member ${member} is refused`,
    arrange: async (world) => {
      const origin = await begin(world, { ...pad, files: ['index.js'] });
      await publish(world, origin, { members: ['package/index.js', member] });
    },
    argv: lock,
    code: 'ARCHIVE_UNSAFE',
    exitStatus: 4,
    says: [member],
    mayChange: kept,
  })),
  ...['../x', '--registry=https://x.example', '@a/../b'].map((name) =>
    refused(`an npm package named ${name} is refused`, { ...pad, package: name }, ['package']),
  ),
  refused('a member of an npm package that is a path is refused', { ...pad, files: ['../x'] }, [
    'files',
  ]),
  {
    title: 'a Maven artifact that no repository has is refused',
    arrange: async (world) => {
      await begin(world, { kind: 'maven', artifact: 'org.example:none:1.0' });
    },
    argv: lock,
    code: 'MAVEN_ARTIFACT_UNKNOWN',
    exitStatus: 10,
    says: ['org.example:none:1.0'],
  },
  {
    title: 'a Maven artifact that is not what its checksum says is refused',
    arrange: async (world) => {
      const origin = await begin(world, { kind: 'maven', artifact: 'org.example:one:1.0' });
      const url = '/org/example/one/1.0/one-1.0.jar';
      origin.serve(url, Buffer.from('a jar'));
      const other = createHash('sha1').update('another').digest('hex');
      origin.serve(`${url}.sha1`, Buffer.from(other));
    },
    argv: lock,
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['one-1.0.jar', 'sha1:'],
  },
  ...['org.example:../x:1.0', 'org.example:x:1.0:../y', '-Dx=y:x:1', 'org/example:x:1.0'].map(
    (artifact) =>
      refused(`Maven coordinates ${artifact} are refused`, { kind: 'maven', artifact }, [
        'artifact',
      ]),
  ),
  ...[
    { what: 'a Go module that is a path', change: { module: '../x' }, says: 'module' },
    {
      what: 'a Go module that looks like a flag',
      change: { module: '-modfile=x' },
      says: 'module',
    },
    {
      what: 'a Go toolchain without its last number',
      change: { toolchain: 'go1.26' },
      says: 'toolchain',
    },
    { what: 'the Go toolchain of this machine', change: { toolchain: 'local' }, says: 'toolchain' },
    { what: 'a Go version that is a branch', change: { version: 'main' }, says: 'version' },
    ...['-X main.a=b -linkmode=external', '-extld=/tmp/x', '-X main.a=b\n-extld=x'].map((flag) => ({
      what: `the Go linker flag ${JSON.stringify(flag)}`,
      change: { ldflags: [flag] },
      says: 'ldflags',
    })),
  ].map(({ what, change, says }) => {
    const module = { module: 'x.example/m', version: 'v1.0.0', packages: ['.'] };
    const go = { kind: 'go', ...module, toolchain: 'go1.26.1', ...change };
    return refused(`${what} is refused`, go, [says]);
  }),
];
