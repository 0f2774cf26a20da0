import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllowedSigner } from './allowed-signers.js';
import type { Namespace } from './namespaces.js';
import { withScratchFolder } from '../transport/scratch-folder.js';
import { fingerprintOf, publicKeyLine } from './public-key.js';
import { isRevoked, type KeygenRun } from './ssh-keygen.js';
import { readTrustFolder, type TrustFolder } from './trust-folder.js';
import { validityAt, type UnixSeconds, type ValidityState } from './validity.js';

/** A key as people compare it. */
export interface DescribedKey {
  readonly identity: string;
  readonly fingerprint: string;
  readonly namespaces: readonly Namespace[];
  readonly state: ValidityState | 'revoked';
  readonly validAfter?: string;
  readonly validBefore?: string;
}

export interface DescribedTrust {
  readonly folder: string;
  readonly version: number;
  readonly threshold: number;
  readonly channels: readonly string[];
  readonly keys: readonly DescribedKey[];
}

/**
 * What a trust folder says, for people to read.
 *
 * @throws {WireOfflineError} what `readTrustFolder` throws; TOOL_MISSING
 */
export async function describeTrust(
  options: { readonly folder: string; readonly now: Date } & KeygenRun,
): Promise<DescribedTrust> {
  const { folder, ...run } = options;
  const trust = await readTrustFolder(folder);
  const { version, threshold, channels } = trust.policy;
  return { folder, version, threshold, channels, keys: await describeKeys(trust, run) };
}

/**
 * The keys of a trust folder, each with what it is worth at a time.
 *
 * @throws {WireOfflineError} TRUST_INVALID where the revocation list cannot be read; TOOL_MISSING
 */
export async function describeKeys(
  trust: TrustFolder,
  { now, ...run }: KeygenRun & { readonly now: Date },
): Promise<readonly DescribedKey[]> {
  const revoked = await revokedKeys(trust, run);
  return trust.signers.map((signer) => ({
    identity: signer.identity,
    fingerprint: fingerprintOf(signer.key),
    namespaces: signer.namespaces,
    state: revoked.has(signer) ? ('revoked' as const) : validityAt(signer.validity, now),
    ...momentOf('validAfter', signer.validity.fromUnixSec),
    ...momentOf('validBefore', signer.validity.untilUnixSec),
  }));
}

async function revokedKeys(
  { signers, revoked }: TrustFolder,
  run: KeygenRun,
): Promise<ReadonlySet<AllowedSigner>> {
  const found = new Set<AllowedSigner>();
  if (revoked === undefined) return found;
  await withScratchFolder(async (scratch) => {
    const [revokedFile, publicKeyFile] = [join(scratch, 'revoked.krl'), join(scratch, 'key.pub')];
    await writeFile(revokedFile, revoked);
    for (const signer of signers) {
      await writeFile(publicKeyFile, publicKeyLine(signer.key, signer.identity));
      if (await isRevoked({ revokedFile, publicKeyFile, ...run })) found.add(signer);
    }
  });
  return found;
}

function momentOf<Name extends string>(
  name: Name,
  unixSec: UnixSeconds | undefined,
): Partial<Record<Name, string>>;
function momentOf(name: string, unixSec: UnixSeconds | undefined): Record<string, string> {
  if (unixSec === undefined) return {};
  return { [name]: new Date(unixSec * 1000).toISOString().replace('.000', '') };
}
