import type { Blob } from '../digest.js';

/** The kinds of source that a recipe can name. */
export const sourceKinds = ['apt', 'oci', 'helm', 'http', 'npm', 'maven', 'pypi', 'go'] as const;

export type SourceKind = (typeof sourceKinds)[number];

/** How a component's origin was proven when it was collected. */
export const proofMethods = [
  'apt-release',
  'oci-digest',
  'cosign-key',
  'helm-digest',
  'helm-provenance',
  'sha256',
  'npm-integrity',
  'maven-checksum',
  'pypi-hash',
  'go-checksum-database',
] as const;

export type ProofMethod = (typeof proofMethods)[number];

/** A file of a component: one blob with a path inside the component. */
export interface FileItem {
  readonly kind: 'deb' | 'file' | 'chart';
  readonly name: string;
  readonly version: string;
  /** Where `extract` puts it, below the component's folder; forward slashes, no `..`, never absolute. */
  readonly path: string;
  readonly blob: Blob;
  readonly executable: boolean;
}

/** A container image of one platform. */
export interface ImageItem {
  readonly kind: 'image';
  readonly name: string;
  readonly version: string;
  /** The reference that importers find it by, such as `docker.io/library/registry:3.0.0`. */
  readonly ref: string;
  readonly manifest: Blob & { readonly mediaType: string };
  /** The config and the layers. */
  readonly blobs: readonly Blob[];
}

/** What a source collected for one component of a recipe; every blob lies in the store. */
export interface Collected {
  readonly version: string;
  /** What was asked upstream for, in the words of its kind: `npm:node@20.19.1`, `debian:bookworm nginx`. */
  readonly upstream: string;
  readonly proof: { readonly method: ProofMethod; readonly detail: string };
  /** The Debian suite, where the items are Debian packages. */
  readonly suite?: string;
  readonly items: readonly (FileItem | ImageItem)[];
}
