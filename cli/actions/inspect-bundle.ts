import { blobsOf } from '../bundle/document-check.js';
import type { BundleComponent } from '../bundle/document.js';
import { isExpired } from '../bundle/expiry.js';
import { bundleFacts, type BundleFacts } from './bundle-facts.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

/** A component as `inspect` shows it. */
export type ComponentFacts = Omit<BundleComponent, 'items' | 'manifest'> & {
  readonly items: number;
  /** Of its blobs; what several components share counts in each. */
  readonly sizeBytes: number;
};

export interface Inspection extends BundleFacts {
  readonly expired: boolean;
  readonly sizeBytes: number;
  readonly components: readonly ComponentFacts[];
}

/** Says what a bundle is and what it consists of; its blobs are not read. */
export async function inspectBundle(file: string, trust: Trust): Promise<Inspection> {
  return await withTrustedBundle(file, trust, (bundle) =>
    Promise.resolve({
      ...bundleFacts(bundle),
      expired: isExpired(bundle.document, trust.now),
      sizeBytes: bundle.sizeBytes,
      components: bundle.document.components.map(componentFacts),
    }),
  );
}

function componentFacts(component: BundleComponent): ComponentFacts {
  const { name, kind, version, upstream, proof, suite, items } = component;
  const { replaces, appliesTo, dataVersion } = component;
  const unique = new Map(blobsOf(component).map(({ digest, size }) => [digest, size]));
  const sizeBytes = [...unique.values()].reduce((sum, size) => sum + size, 0);
  return {
    ...{ name, kind, version, upstream, proof, suite, replaces, appliesTo, dataVersion },
    items: items.length,
    sizeBytes,
  };
}
