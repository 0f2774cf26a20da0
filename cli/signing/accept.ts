import type { Digest } from '../digest.js';
import { bundleNamespace } from './namespaces.js';
import { parseSignatureArea } from './signatures.js';
import type { KeygenRun } from './ssh-keygen.js';
import { readTrustFolder } from './trust-folder.js';
import type { TrustPolicy } from './trust-policy.js';
import { verifySignatures, type CountedSigner } from './verify-signatures.js';

/** The first two entries of a bundle, as raw as they were read: nothing of them is parsed yet. */
export interface BundleHead {
  readonly bundleJson: Uint8Array;
  /** The whole `bundle.sigs`, 64 KiB. */
  readonly signatures: Uint8Array;
  /** The SHA-256 of `bundleJson`. */
  readonly identity: Digest;
}

/** Why a head was accepted, and the policy to hold its channel to once it is parsed: `assertChannelTrusted`. */
export interface AcceptedHead {
  /** The identities that signed, each once, at least as many as the threshold. */
  readonly identities: readonly string[];
  readonly signers: readonly CountedSigner[];
  readonly policy: TrustPolicy;
}

export type AcceptHead = (head: BundleHead) => Promise<AcceptedHead>;

export interface AcceptOptions extends KeygenRun {
  /** The trust folder's path. */
  readonly trustFolder: string;
  /** The time that keys must be valid at. */
  readonly now: Date;
}

/**
 * Reads a trust folder and gives the judge of bundle heads by it.
 *
 * The judge throws {WireOfflineError} SIGNATURES_MALFORMED, SIGNATURE_MISSING, SIGNATURE_INVALID,
 * SIGNATURE_NAMESPACE_WRONG, SIGNER_REVOKED, SIGNER_EXPIRED, SIGNER_NOT_YET_VALID, SIGNER_UNKNOWN or
 * SIGNATURES_TOO_FEW.
 *
 * @throws {WireOfflineError} TRUST_MISSING, TRUST_HOLDS_PRIVATE_KEY, TRUST_INVALID
 */
export async function acceptHead(options: AcceptOptions): Promise<AcceptHead> {
  const { trustFolder, now, env, signal } = options;
  const trust = await readTrustFolder(trustFolder);
  return async ({ bundleJson, signatures, identity }) => {
    const signers = await verifySignatures({
      ...{ trust, now, env, signal },
      namespace: bundleNamespace,
      subject: `bundle ${identity}`,
      message: bundleJson,
      blocks: parseSignatureArea(signatures),
    });
    const identities = signers.map((signer) => signer.identity);
    return { identities, signers, policy: trust.policy };
  };
}
