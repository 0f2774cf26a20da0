import { diffBundles, type BundleDiff } from '../bundle/diff.js';
import { bundleFacts, type BundleFacts } from './bundle-facts.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

export interface TrustedDiff extends BundleDiff {
  readonly from: BundleFacts;
  readonly to: BundleFacts;
}

/** What changes from one accepted bundle to another; no blob is read. */
export async function diffTrusted(
  files: { readonly from: string; readonly to: string },
  trust: Trust,
): Promise<TrustedDiff> {
  return await withTrustedBundle(files.from, trust, (from) =>
    withTrustedBundle(files.to, trust, (to) =>
      Promise.resolve({
        from: bundleFacts(from),
        to: bundleFacts(to),
        ...diffBundles(from.document, to.document),
      }),
    ),
  );
}
