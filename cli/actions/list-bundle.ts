import type { BundleItem } from '../bundle/document.js';
import type { Digest } from '../digest.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

/** One item as `list` shows it. */
export interface ListedItem {
  readonly component: string;
  readonly kind: BundleItem['kind'];
  readonly name: string;
  readonly version: string;
  /** An image's reference, else the path below the component's folder. */
  readonly place: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

export interface Listing {
  readonly identity: Digest;
  readonly items: readonly ListedItem[];
}

/** Everything in a bundle, or all of one kind; its blobs are not read. */
export async function listBundle(
  file: string,
  trust: Trust,
  kind: BundleItem['kind'] | undefined,
): Promise<Listing> {
  return await withTrustedBundle(file, trust, ({ identity, document }) => {
    const items = document.components.flatMap(({ name, items: all }) =>
      all
        .filter((item) => kind === undefined || item.kind === kind)
        .map((item) => listed(name, item)),
    );
    return Promise.resolve({ identity, items });
  });
}

function listed(component: string, item: BundleItem): ListedItem {
  const { kind, name, version } = item;
  if (item.kind !== 'image')
    return {
      ...{ component, kind, name, version, place: item.path },
      ...{ digest: item.digest, sizeBytes: item.size },
    };
  const { manifest, blobs } = item;
  const sizeBytes = blobs.reduce((sum, { size }) => sum + size, manifest.size);
  return { component, kind, name, version, place: item.ref, digest: manifest.digest, sizeBytes };
}
