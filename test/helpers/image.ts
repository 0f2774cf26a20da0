import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { digestOf } from '../../cli/digest.js';

/** A container image in memory. */
export interface TestImage {
  readonly manifest: { readonly mediaType: string; readonly bytes: Uint8Array };
  /** The config and the layers. */
  readonly blobs: readonly Uint8Array[];
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';

/** A layer with Debian's static busybox: what real images of the tests share. */
export async function busyboxLayer(): Promise<Uint8Array> {
  return layer({ 'bin/busybox': await readFile('/bin/busybox') });
}

/** A layer of random bytes, which no compression makes smaller. */
export async function randomLayer(sizeBytes: number): Promise<Uint8Array> {
  return layer({ random: randomBytes(sizeBytes) });
}

/** A gzipped tar of the given files, all executable. */
export async function layer(files: Readonly<Record<string, Uint8Array>>): Promise<Uint8Array> {
  const folder = await mkdtemp(join(tmpdir(), 'wire-offline-layer-'));
  try {
    for (const [name, bytes] of Object.entries(files)) {
      const file = join(folder, name.replaceAll('/', '-'));
      await writeFile(file, bytes);
      await chmod(file, 0o755);
    }
    const renames = Object.keys(files).map(
      (name) => `--transform=s,^${name.replaceAll('/', '-')}$,${name},`,
    );
    const names = Object.keys(files).map((name) => name.replaceAll('/', '-'));
    const { stdout } = await execa(
      'tar',
      [
        '-c',
        '--format=ustar',
        '--owner=0',
        '--group=0',
        '--mtime=@0',
        ...renames,
        '-C',
        folder,
        ...names,
      ],
      { encoding: 'buffer', maxBuffer: 1e9 },
    );
    return gzipSync(stdout, { level: 1 });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** An image of these layers for one platform. */
export function makeImage(layers: readonly Uint8Array[], architecture = 'amd64'): TestImage {
  const config = json({
    os: 'linux',
    architecture,
    config: { Entrypoint: ['/bin/busybox'] },
    rootfs: { type: 'layers', diff_ids: layers.map((bytes) => digestOf(gunzipSync(bytes))) },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((bytes) => descriptor(layerType, bytes)),
  });
  return {
    manifest: { mediaType: 'application/vnd.oci.image.manifest.v1+json', bytes: manifest },
    blobs: [config, ...layers],
  };
}

/** An index of images by architecture. */
export function makeIndex(images: Readonly<Record<string, TestImage>>) {
  const mediaType = 'application/vnd.oci.image.index.v1+json';
  const manifests = Object.entries(images).map(([architecture, { manifest }]) => ({
    ...descriptor(manifest.mediaType, manifest.bytes),
    platform: { os: 'linux', architecture },
  }));
  return { mediaType, bytes: json({ schemaVersion: 2, mediaType, manifests }) };
}

/** What points to bytes in a registry. */
export function descriptor(mediaType: string, bytes: Uint8Array) {
  return { mediaType, digest: digestOf(bytes), size: bytes.byteLength };
}

/** A document of a registry. */
export function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
