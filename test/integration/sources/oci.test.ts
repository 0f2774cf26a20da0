import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { digestOf, hexOf } from '../../../cli/digest.js';
import { ociSource, type OciPin } from '../../../cli/sources/oci/oci.js';
import { createTransfers } from '../../../cli/sources/transfer/scheduler.js';
import { openStore } from '../../../cli/store/folder-store.js';
import { makeAuthority, type Authority } from '../../helpers/authority.js';
import { codeOf } from '../../helpers/codes.js';
import {
  busyboxLayer,
  json,
  layer,
  makeImage,
  makeIndex,
  type TestImage,
} from '../../helpers/image.js';
import { startOrigin } from '../../helpers/origin.js';
import { startRegistry, type Registry } from '../../helpers/registry.js';
import { repositoryRoot } from '../../helpers/repository.js';
import { temporaryFolders } from '../../helpers/temporary.js';
import { startTokenServer, type TokenServer } from '../../helpers/token-server.js';

const folderOf = temporaryFolders();
const fixtures = join(repositoryRoot, 'test/fixtures/cosign');
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const users = { 'a-user': 'a password: with a colon' };
const [user, password] = Object.entries(users)[0] ?? ['', ''];

let home: string;
let authority: Authority;
let image: TestImage;
let sibling: TestImage;
let tokens: TokenServer;
/** Over TLS with basic authentication, over TLS with tokens, over plain http. */
let basic: Registry;
let bearer: Registry;
let plain: Registry;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'wire-offline-registry-'));
  authority = await makeAuthority(home);
  const base = await busyboxLayer();
  image = makeImage([base, await layer({ 'etc/one': Buffer.from('one') })]);
  sibling = makeImage([base, await layer({ 'etc/two': Buffer.from('two') })]);
  for (const name of ['basic', 'open']) await mkdir(join(home, name));
  basic = await startRegistry({ folder: join(home, 'basic'), authority, users });
  await basic.push(image, { repository: 'group/app', tag: '1.0' });
  plain = await startRegistry({ folder: join(home, 'open') });
  await plain.push(image, { repository: 'group/app', tag: '1.0' });
  await plain.push(sibling, { repository: 'group/sibling', tag: '1.0' });
  for (const name of ['image', 'image-two']) await pushSigned(name);
  tokens = await startTokenServer({ authority, user, password });
  bearer = await startRegistry({ folder: join(home, 'open'), authority, token: tokens });
}, 60_000);

afterAll(async () => {
  await Promise.all([basic.stop(), bearer.stop(), plain.stop(), tokens.stop()]);
  await rm(home, { recursive: true });
});

/** Puts a fixture there as cosign left it: the image, and its signature under the tag that cosign chose. */
async function pushSigned(name: string): Promise<void> {
  const read = (file: string) => readFile(join(fixtures, name, file));
  const repository = 'group/signed';
  for (const file of ['config.json', 'layer.tar.gz', 'signature-config.json', 'payload.json'])
    await plain.pushBlob(repository, await read(file));
  const manifest = { mediaType: manifestType, bytes: await read('manifest.json') };
  const signature = { mediaType: manifestType, bytes: await read('signature-manifest.json') };
  const digest = await plain.pushManifest(repository, name, manifest);
  await plain.pushManifest(repository, digest.replace(':', '-') + '.sig', signature);
}

interface Login {
  readonly registry: Registry;
  readonly password: string;
}

async function toolsFor(
  options: { readonly login?: Login; readonly mirrors?: readonly string[] } = {},
) {
  const cache = await folderOf();
  const { login, mirrors = [] } = options;
  const auth = Buffer.from(`${user}:${login?.password ?? ''}`).toString('base64');
  const auths = login === undefined ? {} : { [login.registry.host]: { auth } };
  await writeFile(join(cache, 'config.json'), JSON.stringify({ auths }));
  const env = { NODE_EXTRA_CA_CERTS: authority.caFile, DOCKER_CONFIG: cache };
  const signal = new AbortController().signal;
  const store = await openStore(join(cache, 'cache'));
  const retry = { tries: 2, firstWaitMs: 1, longestWaitMs: 10 };
  const transfers = createTransfers({ store, concurrency: 4, signal, env, retry });
  const tools = {
    store,
    transfers,
    mirrors,
    recipeFolder: fixtures,
    cacheFolder: join(cache, 'cache'),
    env,
    signal,
    note: () => undefined,
  };
  return { tools, cache: join(cache, 'cache'), close: () => transfers.close() };
}

type Tools = Awaited<ReturnType<typeof toolsFor>>;

async function lock(spec: unknown, { tools, close }: Tools): Promise<OciPin> {
  try {
    return await ociSource.lock(z.parse(ociSource.specSchema, spec), tools);
  } finally {
    await close();
  }
}

async function collect(spec: unknown, pin: OciPin, { tools, close }: Tools) {
  try {
    return await ociSource.collect(z.parse(ociSource.specSchema, spec), pin, tools);
  } finally {
    await close();
  }
}

/** Through plain http, which only a mirror of the user's own configuration may be. */
function open(): Promise<Tools> {
  return toolsFor({ mirrors: [plain.url] });
}

const digestOfImage = () => digestOf(image.manifest.bytes);

describe('an image behind TLS of a private CA', () => {
  it('and basic authentication is locked and collected', async () => {
    const spec = { image: `${basic.host}/group/app:1.0`, as: 'docker.io/group/app:1.0' };
    const login = { registry: basic, password };
    const pin = await lock(spec, await toolsFor({ login }));
    expect(pin.manifest.digest).toBe(digestOfImage());
    const tools = await toolsFor({ login });
    const { items, proof, version } = await collect(spec, pin, tools);
    expect({ version, proof }).toStrictEqual({
      version: '1.0',
      proof: { method: 'oci-digest', detail: digestOfImage() },
    });
    expect(items).toMatchObject([
      { kind: 'image', name: 'docker.io/group/app', ref: 'docker.io/group/app:1.0' },
    ]);
    const names = await readdir(join(tools.cache, 'blobs', 'sha256'));
    const all = [image.manifest.bytes, ...image.blobs].map((bytes) => hexOf(digestOf(bytes)));
    expect(names.sort()).toStrictEqual(all.sort());
  });

  it('and tokens is collected with a token for that repository alone', async () => {
    const spec = { image: `${bearer.host}/group/app:1.0` };
    const login = { registry: bearer, password };
    const pin = await lock(spec, await toolsFor({ login }));
    await collect(spec, pin, await toolsFor({ login }));
    expect(new Set(tokens.asked.map(({ scope }) => scope))).toStrictEqual(
      new Set(['repository:group/app:pull']),
    );
  });

  it('is refused to whoever has no password, or a wrong one', async () => {
    for (const registry of [basic, bearer]) {
      const spec = { image: `${registry.host}/group/app:1.0` };
      expect(await codeOf(lock(spec, await toolsFor()))).toBe('SOURCE_REFUSED');
      const login = { registry, password: 'wrong' };
      expect(await codeOf(lock(spec, await toolsFor({ login })))).toBe('SOURCE_REFUSED');
    }
  });
});

describe('an image', () => {
  it('of a lock is asked for by digest, and not at all when it is in the cache', async () => {
    const spec = { image: `${plain.host}/group/app:1.0` };
    const pin = await lock(spec, await open());
    const { tools, close } = await open();
    await ociSource.collect(z.parse(ociSource.specSchema, spec), pin, tools);
    await close();
    const deaf = { ...tools, mirrors: ['http://127.0.0.1:1'] };
    const again = await ociSource.collect(z.parse(ociSource.specSchema, spec), pin, deaf);
    expect(again.items).toHaveLength(1);
  });

  it('of an index is the one for the platform', async () => {
    const arm = makeImage([await layer({ 'etc/arm': Buffer.from('arm') })], 'arm64');
    await plain.push(arm, { repository: 'group/app', tag: 'arm' });
    const index = makeIndex({ arm64: arm, amd64: image });
    await plain.pushManifest('group/app', 'many', index);
    const spec = { image: `${plain.host}/group/app:many` };
    const pin = await lock(spec, await open());
    expect(pin).toMatchObject({
      index: digestOf(index.bytes),
      manifest: { digest: digestOfImage() },
    });
    const other = await lock({ ...spec, platform: 'linux/arm64' }, await open());
    expect(other.manifest.digest).toBe(digestOf(arm.manifest.bytes));
    const absent = { ...spec, platform: 'linux/s390x' };
    expect(await codeOf(lock(absent, await open()))).toBe('SOURCE_GONE');
  });

  it('of one platform alone is refused for another', async () => {
    const spec = { image: `${plain.host}/group/app:1.0`, platform: 'linux/arm64' };
    expect(await codeOf(lock(spec, await open()))).toBe('SOURCE_GONE');
  });

  it('that is not there is gone', async () => {
    const image = `${plain.host}/group/app:none`;
    expect(await codeOf(lock({ image }, await open()))).toBe('SOURCE_GONE');
  });

  it('is found at the second mirror when the first is away', async () => {
    const mirrors = ['http://127.0.0.1:1', plain.url];
    const pin = await lock(
      { image: 'registry.example/group/app:1.0' },
      await toolsFor({ mirrors }),
    );
    expect(pin.manifest.digest).toBe(digestOfImage());
  });

  it('of a registry without TLS is refused where no mirror says http', async () => {
    const image = `${plain.host}/group/app:1.0`;
    expect(await codeOf(lock({ image }, await toolsFor()))).toBe('SOURCE_TLS');
  });
});

describe('a manifest', () => {
  const [config, ...layers] = [0, 1].map(() => ({
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf('x'),
    size: 1,
  }));
  const good = { schemaVersion: 2, mediaType: manifestType, config, layers: [] };
  const foreign = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';

  it.each([
    ['that is an index as well', { ...good, manifests: [] }],
    ['of schema 1', { schemaVersion: 1, fsLayers: [], history: [] }],
    ['that says another type than its header', { ...good, mediaType: 'text/plain' }],
    ['with a digest that is a path', { ...good, config: { ...config, digest: 'sha256:../../x' } }],
    [
      'with a layer outside the registry',
      { ...good, layers: [{ ...layers[0], mediaType: foreign }] },
    ],
    ['of what is no container image', { ...good, config: { ...config, mediaType: 'text/plain' } }],
    ['that is no object', []],
  ])('%s is refused', async (_what, document) => {
    const origin = await startOrigin();
    const bytes = json(document);
    const headers = { 'content-type': manifestType };
    origin.serveAs('/v2/group/app/manifests/1.0', bytes, headers);
    origin.serveAs(`/v2/group/app/manifests/${digestOf(bytes)}`, bytes, headers);
    const tools = await toolsFor({ mirrors: [origin.url] });
    const code = await codeOf(lock({ image: 'registry.example/group/app:1.0' }, tools));
    await origin.stop();
    expect(code).toBe('SOURCE_INVALID');
  });

  it('that is not what was asked for by digest is refused, whatever its header says', async () => {
    const origin = await startOrigin();
    const asked = digestOf('another');
    const headers = { 'content-type': manifestType, 'docker-content-digest': asked };
    origin.serveAs(`/v2/group/app/manifests/${asked}`, json(good), headers);
    const tools = await toolsFor({ mirrors: [origin.url] });
    const code = await codeOf(lock({ image: `registry.example/group/app:1.0@${asked}` }, tools));
    await origin.stop();
    expect(code).toBe('SOURCE_MISMATCH');
  });
});

describe('an image whose maker signed it with cosign', () => {
  const signed = (tag: string, more = {}) => ({
    image: `${plain.host}/group/signed:${tag}`,
    cosignKey: 'maker.pub',
    ...more,
  });

  it('is proven by the maker’s key when it is locked and when it is collected', async () => {
    const identity = { cosignIdentity: '127.0.0.1:45025/group/app' };
    const pin = await lock(signed('image', identity), await open());
    const { proof } = await collect(signed('image', identity), pin, await open());
    expect(proof).toStrictEqual({
      method: 'cosign-key',
      detail: expect.stringMatching(/^SHA256:[0-9a-f]{64}$/),
    });
  });

  it('is refused with another key', async () => {
    const spec = signed('image', { cosignKey: 'other.pub' });
    expect(await codeOf(lock(spec, await open()))).toBe('COSIGN_INVALID');
  });

  it('is refused under another name than the recipe wants', async () => {
    const spec = signed('image', { cosignIdentity: 'registry.example/other' });
    expect(await codeOf(lock(spec, await open()))).toBe('COSIGN_OTHER_IMAGE');
  });

  it('is refused where there is no signature', async () => {
    const spec = { image: `${plain.host}/group/app:1.0`, cosignKey: 'maker.pub' };
    expect(await codeOf(lock(spec, await open()))).toBe('COSIGN_MISSING');
  });

  it('is refused by a lock that has no signature, or that of another image', async () => {
    const own = await lock(signed('image'), await open());
    const others = await lock(signed('image-two'), await open());
    const without = { manifest: own.manifest };
    const bare = collect(signed('image'), without, await open());
    expect(await codeOf(bare)).toBe('COSIGN_MISSING');
    const swapped = { ...own, signature: others.signature };
    expect(await codeOf(collect(signed('image'), swapped, await open()))).toBe(
      'COSIGN_OTHER_IMAGE',
    );
  });

  it('is refused where the payload was exchanged under the signature', async () => {
    const own = await lock(signed('image'), await open());
    const others = await lock(signed('image-two'), await open());
    const payload = others.signature?.payload ?? { digest: digestOf(''), sizeBytes: 0 };
    const signature = { signature: own.signature?.signature ?? '', payload };
    const mixed = { ...own, signature };
    expect(await codeOf(collect(signed('image'), mixed, await open()))).toBe('COSIGN_INVALID');
  });

  it('is refused where cosignKey is no public key', async () => {
    const spec = signed('image', { cosignKey: 'README.md' });
    expect(await codeOf(lock(spec, await open()))).toBe('CONFIG_INVALID');
    const none = signed('image', { cosignKey: 'none.pub' });
    expect(await codeOf(lock(none, await open()))).toBe('CONFIG_UNREADABLE');
  });
});
