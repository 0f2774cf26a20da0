import type { BundleHead } from '../bundle/document.js';
import type { Digest } from '../digest.js';
import type { TrustedBundle } from './trusted-bundle.js';

/** What every reader says first of a bundle. */
export interface BundleFacts extends BundleHead {
  readonly identity: Digest;
  readonly signedBy: readonly string[];
}

export function bundleFacts({ identity, document, acceptance }: TrustedBundle): BundleFacts {
  const { name, version, channel, sequence, kind, requires } = document;
  const { createdAt, expiresAt, arch, minCli } = document;
  return {
    ...{ identity, signedBy: acceptance.identities, name, version, channel, sequence, kind },
    ...{ requires, createdAt, expiresAt, arch, minCli },
  };
}
