import { hexOf, type Digest } from '../digest.js';

/** The version of the bundle format that this program writes and reads. */
export const bundleSchemaVersion = 1;

/** The entries that are not blobs, in the order they stand in the file. */
export const entryNames = {
  document: 'bundle.json',
  signatures: 'bundle.sigs',
  ociLayout: 'oci-layout',
  index: 'index.json',
  bootstrap: 'bootstrap.tar',
} as const;

/** Room for a dozen signatures, fixed so that one is added in place. */
export const signaturesSizeBytes = 64 * 1024;

/** Enough for some fifty thousand items; what is read before any signature is checked stays small. */
export const maxDocumentBytes = 16 * 1024 * 1024;

/** Source: POSIX ustar: eleven octal digits. */
export const maxEntryBytes = 8 * 1024 ** 3 - 1;

/** An image manifest or an index of ours. Source: OCI distribution specification 1.1, "Pushing Manifests". */
export const maxManifestBytes = 4 * 1024 * 1024;

/** The name of a blob's entry, as an OCI layout wants it. */
export function blobEntryName(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

/** Where an entry belongs among those that the document lists: by kind, then blobs by digest. */
export function entryRank(name: string): number {
  const fixed: readonly string[] = [entryNames.ociLayout, entryNames.index, entryNames.bootstrap];
  const rank = fixed.indexOf(name);
  return rank === -1 ? fixed.length : rank;
}
