import type { Bundle } from '../bundle/reader.js';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';

/** What phases know of a bundle that was judged. */
export type TrustedBundleFacts = Pick<Bundle<unknown>, 'identity' | 'document'>;

/** A bundle to take blobs from, in place. */
export type BundleSource = Pick<
  Bundle<unknown>,
  'identity' | 'document' | 'handle' | 'readBlob' | 'blobOffset'
>;

/** A blob that the assets host must have. */
export interface WantedBlob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** Every blob that the bundle lists, its own and those of its base, each once. */
export function wantedBlobs({ document }: TrustedBundleFacts): readonly WantedBlob[] {
  const blobs = new Map(
    document.entries.map(({ digest, size }) => [digest, { digest, sizeBytes: size }]),
  );
  return [...blobs.values()];
}

/**
 * That the bundle brings all that is lacking.
 *
 * @throws {WireOfflineError} BUNDLE_BASE_MISSING where only its base has some of it
 */
export function refuseWithoutBase(bundle: BundleSource, lacking: readonly WantedBlob[]): void {
  const absent = lacking.filter(({ digest }) => bundle.blobOffset(digest) === undefined);
  const [first] = absent;
  if (first === undefined) return;
  throw new WireOfflineError('BUNDLE_BASE_MISSING', {
    message: `bundle: expected its base on the island, got ${String(absent.length)} blobs that neither has, such as ${first.digest}`,
    hint: `push the base first: ${bundle.document.requires.join(', ')}`,
  });
}
