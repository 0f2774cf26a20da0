import { z } from 'zod';
import { digestSchema, type Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { maxBlobBytes } from '../source.js';

/** What a registry is asked for, and all that is understood. */
export const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
export const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

/** Source: OCI distribution specification 1.1, "Pushing manifests": registries take at least 4 MiB, and most no more. */
export const maxManifestBytes = 4 * 1024 * 1024;

const imageConfigTypes: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const layerTypes: readonly string[] = [
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
];

const descriptorSchema = z.object({
  mediaType: z.string().max(255),
  digest: digestSchema,
  size: z.int().nonnegative().max(maxBlobBytes),
  urls: z.array(z.string()).max(16).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});

const platformSchema = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

// A document that is an index and a manifest at once means different images to different readers: CVE-2021-41190.
const indexSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.enum(indexTypes).optional(),
  manifests: z.array(descriptorSchema.extend({ platform: platformSchema.optional() })).max(1000),
  layers: z.never().optional(),
  config: z.never().optional(),
});

const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.enum(manifestTypes).optional(),
  config: descriptorSchema,
  layers: z.array(descriptorSchema).max(1000),
  manifests: z.never().optional(),
  fsLayers: z.never().optional(),
});

const configSchema = platformSchema.extend({ rootfs: z.object({ type: z.literal('layers') }) });

export type Descriptor = z.infer<typeof descriptorSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** A manifest or an index as a registry gave it. */
export interface RawManifest {
  readonly what: string;
  readonly mediaType: string;
  readonly bytes: Uint8Array;
}

export function isIndex({ mediaType }: RawManifest): boolean {
  return indexTypes.some((type) => type === mediaType);
}

/**
 * The one image of an index that is for a platform.
 *
 * @throws {WireOfflineError} SOURCE_INVALID; SOURCE_GONE where there is none for the platform.
 */
export function chooseImage(index: RawManifest, platform: string): Blob & { mediaType: string } {
  const { manifests } = parseAs(indexSchema, index);
  const found = manifests.find((entry) => {
    const { os = '', architecture = '', variant } = entry.platform ?? {};
    return [`${os}/${architecture}`, `${os}/${architecture}/${variant ?? ''}`].includes(platform);
  });
  if (found === undefined) throw noImageFor(index, { platform, found: platformsOf(manifests) });
  if (!manifestTypes.some((type) => type === found.mediaType))
    throw invalid(index.what, 'an image manifest for the platform', found.mediaType);
  return { digest: found.digest, sizeBytes: found.size, mediaType: found.mediaType };
}

/** @throws {WireOfflineError} SOURCE_INVALID where it is no manifest of the media type that it came with. */
export function parseManifest(raw: RawManifest): Manifest {
  return parseAs(manifestSchema, raw);
}

/**
 * The config and the layers of a container image, each once.
 *
 * @throws {WireOfflineError} SOURCE_INVALID where it is no container image, or a layer lies outside the registry.
 */
export function blobsOf({ config, layers }: Manifest, what: string): readonly Blob[] {
  if (!imageConfigTypes.includes(config.mediaType))
    throw invalid(what, 'the config of a container image', config.mediaType);
  for (const layer of layers) {
    if (!layerTypes.includes(layer.mediaType) || layer.urls !== undefined)
      throw invalid(what, 'layers that the registry itself holds', layer.mediaType);
  }
  const blobs = new Map([config, ...layers].map((blob) => [blob.digest, blob.size]));
  return [...blobs].map(([digest, sizeBytes]) => ({ digest, sizeBytes }));
}

/** @throws {WireOfflineError} SOURCE_INVALID; SOURCE_GONE where the image is for another platform. */
export function checkConfig(config: RawManifest, platform: string): void {
  const { os, architecture, variant } = parseAs(configSchema, config);
  const found = [`${os}/${architecture}`, `${os}/${architecture}/${variant ?? ''}`];
  if (!found.includes(platform)) throw noImageFor(config, { platform, found: found.slice(0, 1) });
}

function parseAs<T>(schema: z.ZodType<T>, raw: RawManifest): T {
  const parsed = schema.safeParse(jsonOf(raw));
  if (!parsed.success)
    throw invalid(
      raw.what,
      `a document of the type ${raw.mediaType}`,
      z.prettifyError(parsed.error),
    );
  const { data } = parsed;
  const says = typeof data === 'object' && data !== null && 'mediaType' in data && data.mediaType;
  if (typeof says === 'string' && says !== raw.mediaType)
    throw invalid(raw.what, `a document of the type ${raw.mediaType}`, `one that says ${says}`);
  return data;
}

function jsonOf({ what, bytes }: RawManifest): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw invalid(what, 'JSON', String(cause));
  }
}

function platformsOf(manifests: z.infer<typeof indexSchema>['manifests']): readonly string[] {
  return manifests.flatMap(({ platform }) =>
    platform === undefined ? [] : [`${platform.os}/${platform.architecture}`],
  );
}

function noImageFor(
  { what }: RawManifest,
  { platform, found }: { readonly platform: string; readonly found: readonly string[] },
): WireOfflineError {
  return new WireOfflineError('SOURCE_GONE', {
    message: `${what}: expected an image for ${platform}, got ${found.slice(0, 20).join(', ') || 'none with a platform'}`,
    hint: 'set platform in the recipe to one that the image has',
  });
}

/** An answer of a registry that is not what the protocol says. */
export function invalid(what: string, expected: string, got: string): WireOfflineError {
  return new WireOfflineError('SOURCE_INVALID', {
    message: `${what}: expected ${expected}, got ${got}`,
    hint: 'name an image that a registry of today holds in full; images of schema 1 must be pushed again by their maker',
  });
}
