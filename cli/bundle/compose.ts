import type { Blob, Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { bytesText } from '../ui/progress.js';
import type { Collected, SourceKind } from './component.js';
import type { BundleComponent, BundleDocument, BundleEntry, BundleHead } from './document.js';
import { blobsOf, readDocument } from './document-check.js';
import { blobEntryName, bundleSchemaVersion, entryNames, maxEntryBytes } from './layout.js';
import { artifactOf, emptyConfig, indexOf, ociLayout, type GeneratedBlob } from './oci-layout.js';

/** What was collected for one component of a recipe, with what the recipe says of it. */
export interface NamedComponent extends Collected {
  readonly name: string;
  readonly kind: SourceKind;
  readonly replaces?: readonly string[];
  readonly appliesTo?: string;
  readonly dataVersion?: { readonly reads: readonly number[]; readonly writes: number };
}

export interface Composition {
  readonly document: BundleDocument;
  /** The bytes of entries that are made here; all others are in the store. */
  readonly generated: ReadonlyMap<Digest, Uint8Array>;
}

/**
 * The document of a bundle of these components: the same for the same input, in whatever order it comes.
 *
 * @throws {WireOfflineError} BLOB_TOO_LARGE for a blob of 8 GiB or more; BUNDLE_CONTENT_INVALID with every name,
 * path or reference that no bundle can hold.
 */
export function compose(input: {
  readonly head: BundleHead;
  readonly components: readonly NamedComponent[];
  readonly bootstrap?: Blob;
}): Composition {
  refuseTooLarge(input.components);
  const components = input.components.map(toComponent).sort(byName);
  const index = indexOf(components);
  const artifacts = components.flatMap((component) => artifactOf(component) ?? []);
  const made: GeneratedBlob[] = [ociLayout, index, emptyConfig, ...artifacts];
  const { document, problems } = readDocument({
    ...input.head,
    schemaVersion: bundleSchemaVersion,
    components,
    entries: [
      madeEntry(entryNames.ociLayout, ociLayout),
      madeEntry(entryNames.index, index),
      ...bootstrapEntry(input.bootstrap),
      ...blobEntries(components),
    ],
  });
  if (document === undefined)
    throw new WireOfflineError('BUNDLE_CONTENT_INVALID', {
      message: 'what was collected cannot be a bundle',
      problems,
      hint: 'correct the recipe at the components named, then lock and bundle again',
    });
  return { document, generated: new Map(made.map(({ digest, bytes }) => [digest, bytes])) };
}

function refuseTooLarge(components: readonly NamedComponent[]): void {
  for (const { name, items } of components)
    for (const item of items)
      for (const blob of item.kind === 'image' ? item.blobs : [item.blob])
        if (blob.sizeBytes > maxEntryBytes)
          throw new WireOfflineError('BLOB_TOO_LARGE', {
            message: `component ${name}, ${item.name} ${blob.digest}: expected less than 8 GiB, got ${bytesText(blob.sizeBytes)}`,
            hint: 'divide the file before it is collected',
          });
}

function toComponent(component: NamedComponent): BundleComponent {
  const { name, kind, version, upstream, proof, suite, items: collected } = component;
  const items = collected.map(toItem).sort((left, right) => compare(keyOf(left), keyOf(right)));
  const artifact = artifactOf({ kind, version, items });
  const { replaces = [], appliesTo = null, dataVersion = null } = component;
  return {
    ...{ name, kind, version, upstream, proof },
    ...(suite === undefined ? {} : { suite }),
    ...(artifact === undefined
      ? {}
      : { manifest: { digest: artifact.digest, size: artifact.bytes.length } }),
    items,
    replaces: [...replaces],
    appliesTo,
    dataVersion:
      dataVersion === null ? null : { reads: [...dataVersion.reads], writes: dataVersion.writes },
  };
}

function toItem(item: Collected['items'][number]): BundleComponent['items'][number] {
  const { name, version } = item;
  if (item.kind !== 'image') {
    const { kind, path, executable, blob } = item;
    return { kind, name, version, path, executable, digest: blob.digest, size: blob.sizeBytes };
  }
  const { ref, manifest } = item;
  return {
    ...{ kind: 'image', name, version, ref },
    manifest: {
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.sizeBytes,
    },
    blobs: item.blobs.map(({ digest, sizeBytes }) => ({ digest, size: sizeBytes })),
  };
}

function madeEntry(name: string, { digest, bytes }: GeneratedBlob): BundleEntry {
  return { name, digest, size: bytes.length, in: 'bundle' };
}

function bootstrapEntry(bootstrap: Blob | undefined): BundleEntry[] {
  if (bootstrap === undefined) return [];
  const { digest, sizeBytes } = bootstrap;
  return [{ name: entryNames.bootstrap, digest, size: sizeBytes, in: 'bundle' }];
}

function blobEntries(components: readonly BundleComponent[]): BundleEntry[] {
  const sizes = new Map(components.flatMap(blobsOf).map(({ digest, size }) => [digest, size]));
  return [...sizes]
    .sort(([left], [right]) => compare(left, right))
    .map(([digest, size]) => ({ name: blobEntryName(digest), digest, size, in: 'bundle' }));
}

/** Files by path before images by reference. */
function keyOf(item: BundleComponent['items'][number]): string {
  return item.kind === 'image' ? `1${item.ref}` : `0${item.path}`;
}

function byName(left: BundleComponent, right: BundleComponent): number {
  return compare(left.name, right.name);
}

/** By UTF-16 code units: the same order in every locale. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
