import { digestOf, type Digest } from '../digest.js';
import { canonicalBytes } from './canonical-json.js';
import type { BundleComponent } from './document.js';

/** Source: OCI image specification 1.1, "Image Layout", "Image Manifest", "Guidelines for Artifact Usage". */
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';
const emptyType = 'application/vnd.oci.empty.v1+json';
const layerTypes = {
  deb: 'application/vnd.debian.binary-package',
  chart: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
  file: 'application/octet-stream',
} as const;

/** A blob that is made here rather than collected. */
export interface GeneratedBlob {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** The entry `oci-layout`. */
export const ociLayout = generated(canonicalBytes({ imageLayoutVersion: '1.0.0' }));

/** The config that an artifact has. Source: OCI image specification 1.1, "Guidance for an Empty Descriptor". */
export const emptyConfig = generated(canonicalBytes({}));

/** What of a component its OCI manifest is made of. */
export type ArtifactSource = Pick<BundleComponent, 'kind' | 'version' | 'items'>;

/** The OCI artifact that lists a component's files by path; nothing where all its items are images. */
export function artifactOf({ kind, version, items }: ArtifactSource): GeneratedBlob | undefined {
  const files = items.filter((item) => item.kind !== 'image');
  if (files.length === 0) return undefined;
  return generated(
    canonicalBytes({
      schemaVersion: 2,
      mediaType: manifestType,
      artifactType: artifactType(kind),
      config: { mediaType: emptyType, digest: emptyConfig.digest, size: emptyConfig.bytes.length },
      layers: files.map((file) => ({
        mediaType: layerTypes[file.kind],
        digest: file.digest,
        size: file.size,
        annotations: { 'org.opencontainers.image.title': file.path },
      })),
      annotations: { 'org.opencontainers.image.version': version },
    }),
  );
}

/** The entry `index.json`: each component's artifact, and each image under its reference. */
export function indexOf(components: readonly BundleComponent[]): GeneratedBlob {
  return generated(
    canonicalBytes({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: components.flatMap((component) => [
        ...artifactDescriptors(component),
        ...imageDescriptors(component),
      ]),
    }),
  );
}

function artifactDescriptors({ name, kind, manifest }: BundleComponent) {
  if (manifest === undefined) return [];
  return [
    {
      mediaType: manifestType,
      artifactType: artifactType(kind),
      ...manifest,
      annotations: { 'org.opencontainers.image.title': name },
    },
  ];
}

function imageDescriptors({ items }: BundleComponent) {
  return items.flatMap((item) =>
    item.kind === 'image'
      ? [{ ...item.manifest, annotations: { 'org.opencontainers.image.ref.name': item.ref } }]
      : [],
  );
}

function artifactType(kind: string): string {
  return `application/vnd.wire-offline.${kind}.v1`;
}

function generated(bytes: Uint8Array): GeneratedBlob {
  return { digest: digestOf(bytes), bytes };
}
