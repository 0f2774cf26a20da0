import { gzipSync } from 'node:zlib';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamedComponent } from '../../cli/bundle/compose.js';
import type { BundleHead } from '../../cli/bundle/document.js';
import { encodeHeader, endBytes, paddingBytes } from '../../cli/bundle/ustar.js';
import { writeBundle, type WrittenBundle } from '../../cli/bundle/writer.js';
import { digestOf } from '../../cli/digest.js';
import { generateKey } from '../../cli/signing/generate-key.js';
import { signBundleHead } from '../../cli/signing/sign.js';
import { readSigningKey } from '../../cli/signing/signing-key.js';
import type { BlobStore, StoredBlob } from '../../cli/store/blob-store.js';
import { openStore } from '../../cli/store/folder-store.js';
import type { World } from './world.js';

export const never: AbortSignal = new AbortController().signal;

/** What a small bundle says of itself. */
export const smallHead: BundleHead = {
  name: 'small',
  version: '1.2.3',
  channel: 'stable',
  sequence: 7,
  kind: 'full',
  requires: [],
  createdAt: '2026-01-02T03:04:05Z',
  expiresAt: null,
  arch: 'amd64',
  minCli: { version: '0.1.0', reason: 'the first version of the format' },
};

export type Sign = (bundleJson: Uint8Array) => Promise<Uint8Array>;

/** A key of the world's own: `DIR/private/alice` and the trust folder that accepts it, the user's default one. */
export async function makeSigner(world: World): Promise<Sign> {
  const run = { env: world.env, signal: never };
  const out = join(world.config, 'wire-offline');
  const key = await generateKey({ ...run, out, identity: 'alice', passphrase: 'none' });
  return async (message) => {
    const options = { ...run, terminal: false };
    const signing = await readSigningKey({ ...options, keyFile: key.privateKeyFile });
    return signBundleHead([signing], { ...options, message });
  };
}

/** Puts bytes into a store. */
export async function put(store: BlobStore, bytes: Uint8Array | string): Promise<StoredBlob> {
  const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  return store.put(
    (async function* () {
      yield await Promise.resolve(chunk);
    })(),
  );
}

/** A tar of regular files, as a layer or as the material of crafted archives. */
export function tarOf(files: readonly { readonly name: string; readonly bytes: Uint8Array }[]) {
  return Buffer.concat([
    ...files.flatMap(({ name, bytes }) => [
      encodeHeader({ name, sizeBytes: bytes.length }),
      bytes,
      Buffer.alloc(paddingBytes(bytes.length)),
    ]),
    Buffer.alloc(endBytes),
  ]);
}

/** A container image of one real program: Debian's static busybox. */
export async function busyboxImage(store: BlobStore, ref: string): Promise<NamedComponent> {
  const layerTar = tarOf([{ name: 'bin/busybox', bytes: await readFile('/bin/busybox') }]);
  const layer = await put(store, gzipSync(layerTar));
  const config = await put(
    store,
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/bin/busybox'] },
      rootfs: { type: 'layers', diff_ids: [digestOf(layerTar)] },
    }),
  );
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const part = 'application/vnd.oci.image';
  const manifest = await put(
    store,
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: descriptor(`${part}.config.v1+json`, config),
      layers: [descriptor(`${part}.layer.v1.tar+gzip`, layer)],
    }),
  );
  return {
    name: 'busybox',
    kind: 'oci',
    version: '1.35.0',
    upstream: ref,
    proof: { method: 'oci-digest', detail: manifest.digest },
    items: [
      {
        ...{ kind: 'image', name: 'busybox', version: '1.35.0', ref },
        manifest: { digest: manifest.digest, sizeBytes: manifest.sizeBytes, mediaType },
        blobs: [config, layer].map(({ digest, sizeBytes }) => ({ digest, sizeBytes })),
      },
    ],
  };
}

/** A component of one file. */
export async function fileComponent(
  store: BlobStore,
  file: {
    readonly name: string;
    readonly path: string;
    readonly bytes: Uint8Array | string;
    readonly version?: string;
    readonly executable?: boolean;
  },
): Promise<NamedComponent> {
  const { name, path, bytes, version = '1.0.0', executable = false } = file;
  const { digest, sizeBytes } = await put(store, bytes);
  return {
    ...{ name, kind: 'http', version, upstream: `https://example.org/${path}` },
    proof: { method: 'sha256', detail: digest },
    items: [{ kind: 'file', name, version, path, blob: { digest, sizeBytes }, executable }],
  };
}

export interface SmallBundle extends WrittenBundle {
  readonly file: string;
  readonly store: BlobStore;
  readonly components: readonly NamedComponent[];
}

export const busyboxRef = 'docker.io/library/busybox:1.35.0';

/** A bundle of an image, two files and a bootstrap, signed by the world's own key where none is given. */
export async function makeSmallBundle(
  world: World,
  options: {
    readonly file?: string;
    readonly head?: Partial<BundleHead>;
    readonly sign?: Sign;
    readonly more?: (store: BlobStore) => Promise<readonly NamedComponent[]>;
  } = {},
): Promise<SmallBundle> {
  const store = await openStore(world.cache);
  const file = options.file ?? join(world.work, 'small.bundle');
  const components = [
    await busyboxImage(store, busyboxRef),
    await fileComponent(store, { name: 'notes', path: 'doc/notes.txt', bytes: 'read me\n' }),
    await fileComponent(store, {
      ...{ name: 'tool', path: 'bin/tool', bytes: '#!/bin/sh\necho tool\n', executable: true },
    }),
    ...((await options.more?.(store)) ?? []),
  ];
  const bootstrap = await put(store, tarOf([{ name: 'hello', bytes: Buffer.from('hello\n') }]));
  const written = await writeBundle({
    ...{ file, components, store, bootstrap, force: false, signal: never },
    head: { ...smallHead, ...options.head },
    sign: options.sign ?? (await makeSigner(world)),
  });
  return { ...written, file, store, components };
}

function descriptor(mediaType: string, { digest, sizeBytes }: StoredBlob) {
  return { mediaType, digest, size: sizeBytes };
}
