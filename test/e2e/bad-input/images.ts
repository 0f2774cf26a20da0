import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../cli/digest.js';
import { runCli } from '../../helpers/cli.js';
import { descriptor, json, layer, makeImage, type TestImage } from '../../helpers/image.js';
import { makeTestKey } from '../../helpers/keys.js';
import type { Origin } from '../../helpers/origin.js';
import { writeFiles } from '../../helpers/recipes.js';
import { repositoryRoot } from '../../helpers/repository.js';
import type { World } from '../../helpers/world.js';
import type { BadInput } from './row.js';
import { lock, refused, startOriginIn, writeRecipe } from './sources.js';

const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const configType = 'application/vnd.oci.image.config.v1+json';
const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const image = 'registry.example/group/app:1.0';
const fixtures = join(repositoryRoot, 'test/fixtures/cosign');

/** An origin in the place of all registries, and a recipe of one image. */
async function begin(
  world: World,
  component: Readonly<Record<string, unknown>> = {},
): Promise<Origin> {
  const origin = await startOriginIn(world);
  const settings = `mirrors: { oci: ["${origin.url}"] }\n`;
  await writeFiles(world.config, { 'wire-offline/wire-offline.yaml': settings });
  await writeRecipe(world, { name: 'a', kind: 'oci', image, ...component });
  return origin;
}

function serveManifest(
  origin: Origin,
  bytes: Uint8Array,
  names: readonly string[] = ['1.0'],
): void {
  const headers = { 'content-type': manifestType };
  for (const name of [...names, digestOf(bytes)])
    origin.serveAs(`/v2/group/app/manifests/${name}`, bytes, headers);
}

function serveBlobs(origin: Origin, blobs: readonly Uint8Array[]): void {
  for (const bytes of blobs) origin.serve(`/v2/group/app/blobs/${digestOf(bytes)}`, bytes);
}

async function smallImage(architecture?: string): Promise<TestImage> {
  return makeImage([await layer({ 'etc/one': Buffer.from('one') })], architecture);
}

async function serveImage(origin: Origin, one: TestImage): Promise<void> {
  serveManifest(origin, one.manifest.bytes);
  serveBlobs(origin, one.blobs);
  await Promise.resolve();
}

const config = descriptor(configType, Buffer.from('x'));
const good = { schemaVersion: 2, mediaType: manifestType, config, layers: [] };

/** A manifest that is refused by its words alone. */
function manifest(what: string, document: unknown, says: BadInput['says']): BadInput {
  return {
    title: `a manifest ${what} is refused`,
    arrange: async (world) => {
      serveManifest(await begin(world), json(document));
    },
    argv: lock,
    code: 'SOURCE_INVALID',
    exitStatus: 10,
    says: [image, ...says],
    // The manifest has the digest that it was asked for by; what is wrong is in it.
    mayChange: ['cache/wire-offline/blobs'],
  };
}

function withDigest(digest: string): unknown {
  return { ...good, config: { ...config, digest } };
}

/** A registry that asks for a password, and what docker's configuration says then. */
function dockerConfig(
  title: string,
  configOf: (host: string) => unknown,
  expected: Pick<BadInput, 'code' | 'exitStatus' | 'says'>,
): BadInput {
  return {
    title,
    arrange: async (world) => {
      const origin = await begin(world);
      const headers = { 'www-authenticate': 'Basic realm="a test"' };
      origin.serve('/v2/', Buffer.alloc(0), { kind: 'status', status: 401, headers });
      const text = JSON.stringify(configOf(new URL(origin.url).host));
      await writeFiles(world.folder, { 'home/.docker/config.json': text });
    },
    argv: lock,
    ...expected,
  };
}

/** The image that cosign signed once, with or without its signature, and a key to judge it by. */
async function serveSigned(
  world: World,
  { key, signed }: { key: string; signed: boolean },
): Promise<void> {
  const origin = await begin(world, { cosignKey: 'keys/cosign.pub' });
  const read = (file: string) => readFile(join(fixtures, 'image', file));
  const bytes = await read('manifest.json');
  serveManifest(origin, bytes);
  const files = ['config.json', 'layer.tar.gz', 'signature-config.json', 'payload.json'];
  serveBlobs(origin, await Promise.all(files.map(read)));
  if (signed)
    serveManifest(origin, await read('signature-manifest.json'), [
      `${digestOf(bytes).replace(':', '-')}.sig`,
    ]);
  await mkdir(join(world.work, 'keys'));
  await copyFile(join(fixtures, key), join(world.work, 'keys/cosign.pub'));
}

/** What is proven on the way to what is wrong stays in the cache. */
const keepsBlobs = ['cache/wire-offline/blobs'];

/** What can be wrong with images and the registries that have them. */
export const imageRows: readonly BadInput[] = [
  manifest('of schema 1', { schemaVersion: 1, fsLayers: [], history: [] }, ['schemaVersion']),
  manifest('that is an index as well', { ...good, manifests: [] }, ['manifests']),
  manifest('that is no object', [], ['object']),
  manifest('with a digest that is a path', withDigest('sha256:../../x'), ['digest']),
  manifest('with a digest in capitals', withDigest(`sha256:${'A'.repeat(64)}`), ['digest']),
  manifest('with a digest of another algorithm', withDigest(`md5:${'0'.repeat(32)}`), ['digest']),
  manifest('with a digest that is too short', withDigest(`sha256:${'0'.repeat(63)}`), ['digest']),
  manifest(
    'with a layer that lies elsewhere',
    {
      ...good,
      layers: [
        {
          ...config,
          mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
          urls: ['https://elsewhere.example/layer'],
        },
      ],
    },
    ['nondistributable'],
  ),
  manifest(
    'with a layer of a size that no file has',
    { ...good, layers: [{ ...config, mediaType: layerType, size: 2 ** 60 }] },
    ['size'],
  ),
  {
    title: 'an image for another platform is refused',
    arrange: async (world) => {
      await serveImage(await begin(world), await smallImage('arm64'));
    },
    argv: lock,
    code: 'SOURCE_GONE',
    exitStatus: 10,
    says: ['linux/amd64', 'linux/arm64'],
    mayChange: keepsBlobs,
  },
  {
    title: 'a tag that the registry has not is refused',
    arrange: async (world) => {
      await begin(world);
    },
    argv: lock,
    code: 'SOURCE_GONE',
    exitStatus: 10,
    says: ['registry.example/group/app', '1.0'],
  },
  {
    title: 'a config with one bit the other way round is refused',
    arrange: async (world) => {
      const [origin, one] = [await begin(world), await smallImage()];
      await serveImage(origin, one);
      const [bytes = Buffer.alloc(0)] = one.blobs;
      origin.serve(`/v2/group/app/blobs/${digestOf(bytes)}`, bytes, { kind: 'flip', at: 5 });
    },
    argv: lock,
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['/v2/group/app/blobs/sha256:'],
    mayChange: keepsBlobs,
  },
  {
    title: 'a layer with one bit the other way round is refused',
    arrange: async (world) => {
      const [origin, one] = [await begin(world), await smallImage()];
      await serveImage(origin, one);
      await makeTestKey(world.folder, 'alice');
      const { status, stderr } = await runCli(world, { argv: lock });
      if (status !== 0) throw new Error(stderr);
      const bytes = one.blobs.at(-1) ?? Buffer.alloc(0);
      origin.serve(`/v2/group/app/blobs/${digestOf(bytes)}`, bytes, { kind: 'flip', at: 5 });
    },
    argv: ['bundle', 'x.recipe.yaml', '--out', 'x.bundle', '--key', '../alice'],
    code: 'SOURCE_MISMATCH',
    exitStatus: 4,
    says: ['/v2/group/app/blobs/sha256:'],
    mayChange: keepsBlobs,
  },
  {
    title: 'two components that claim one name for an image are refused',
    arrange: async (world) => {
      const origin = await begin(world);
      const more = { kind: 'oci', image: 'registry.example/group/other:1.0', as: image };
      await writeRecipe(world, { name: 'a', kind: 'oci', image }, { name: 'b', ...more });
      await serveImage(origin, await smallImage());
      const other = makeImage([await layer({ 'etc/two': Buffer.from('two') })]);
      const headers = { 'content-type': manifestType };
      for (const name of ['1.0', digestOf(other.manifest.bytes)])
        origin.serveAs(`/v2/group/other/manifests/${name}`, other.manifest.bytes, headers);
      for (const bytes of other.blobs)
        origin.serve(`/v2/group/other/blobs/${digestOf(bytes)}`, bytes);
      await makeTestKey(world.folder, 'alice');
      const { status, stderr } = await runCli(world, { argv: lock });
      if (status !== 0) throw new Error(stderr);
    },
    argv: ['bundle', 'x.recipe.yaml', '--out', 'x.bundle', '--key', '../alice'],
    code: 'BUNDLE_CONTENT_INVALID',
    exitStatus: 3,
    says: [image],
    mayChange: keepsBlobs,
  },
  dockerConfig(
    'a registry that asks for a password which nobody has is refused, with the command that gives one',
    () => ({}),
    { code: 'SOURCE_REFUSED', exitStatus: 10, says: ['docker login'] },
  ),
  dockerConfig(
    'a credential helper that is a path is refused',
    (host) => ({ credHelpers: { [host]: '../../bin/sh' } }),
    {
      code: 'CONFIG_INVALID',
      exitStatus: 3,
      says: ['config.json', 'the name of a credential helper'],
    },
  ),
  dockerConfig(
    'a credential helper that is not installed is named',
    (host) => ({ credHelpers: { [host]: 'nowhere' } }),
    { code: 'TOOL_MISSING', exitStatus: 11, says: ['docker-credential-nowhere'] },
  ),
  dockerConfig(
    'an identity token in docker’s configuration is refused',
    (host) => ({ auths: { [host]: { identitytoken: 'secret' } } }),
    { code: 'CONFIG_INVALID', exitStatus: 3, says: ['identitytoken'] },
  ),
  {
    title: 'an image without the signature that the recipe wants is refused',
    arrange: (world) => serveSigned(world, { key: 'maker.pub', signed: false }),
    argv: lock,
    code: 'COSIGN_MISSING',
    exitStatus: 4,
    says: [image],
    mayChange: keepsBlobs,
  },
  {
    title: 'an image that another key signed is refused',
    arrange: (world) => serveSigned(world, { key: 'other.pub', signed: true }),
    argv: lock,
    code: 'COSIGN_INVALID',
    exitStatus: 4,
    says: [image],
    mayChange: keepsBlobs,
  },
  {
    title: 'a cosign key that is none is refused',
    arrange: async (world) => {
      await serveSigned(world, { key: 'maker.pub', signed: true });
      await writeFile(join(world.work, 'keys/cosign.pub'), 'ssh-ed25519 AAAA\n');
    },
    argv: lock,
    code: 'CONFIG_INVALID',
    exitStatus: 3,
    says: ['keys/cosign.pub'],
    mayChange: keepsBlobs,
  },
  ...[
    'nginx',
    'registry.example/../x:1',
    'registry.example/App:1',
    'registry.example/app:../x',
  ].map((name) =>
    refused(`an image named ${name} is refused`, { kind: 'oci', image: name }, [
      'a full reference',
    ]),
  ),
  refused('a platform that is a path is refused', { kind: 'oci', image, platform: '../amd64' }, [
    'a platform such as linux/amd64',
  ]),
];
