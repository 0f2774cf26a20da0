import { join } from 'node:path';
import type { Problem } from '../errors.js';
import { parseAllowedSigners, type AllowedSigner } from './allowed-signers.js';
import { bundleNamespace } from './namespaces.js';
import { parsePublicKey } from './public-key.js';
import { invalidTrust, readTrustFiles, type TrustFiles } from './trust-files.js';
import { parsePolicy, type TrustPolicy } from './trust-policy.js';

/** Whose signatures count, how many of them are needed and which keys no longer do. */
export interface TrustFolder {
  readonly folder: string;
  readonly policy: TrustPolicy;
  readonly signers: readonly AllowedSigner[];
  /** The `allowed_signers` file as it was checked. */
  readonly allowedSigners: Uint8Array;
  /** The key revocation list, where there is one. */
  readonly revoked: Uint8Array | undefined;
}

/**
 * Reads a trust folder: `NAME.pub`, `allowed_signers`, `policy.yaml` and, where keys were revoked, `revoked.krl`.
 *
 * @throws {WireOfflineError} TRUST_MISSING, TRUST_HOLDS_PRIVATE_KEY, TRUST_INVALID with every problem's `file:line`.
 */
export async function readTrustFolder(folder: string): Promise<TrustFolder> {
  return parseTrustFolder(folder, await readTrustFiles(folder));
}

/**
 * What the files of a trust folder say.
 *
 * @throws {WireOfflineError} TRUST_INVALID
 */
export function parseTrustFolder(folder: string, files: TrustFiles): TrustFolder {
  const policyBytes = files.get('policy.yaml');
  const allowedSigners = files.get('allowed_signers');
  const revoked = files.get('revoked.krl');
  if (policyBytes === undefined || allowedSigners === undefined)
    throw invalidTrust(folder, [
      {
        where: folder,
        expected: 'allowed_signers and policy.yaml',
        got: [...files.keys()].join(', ') || 'an empty folder',
      },
    ]);
  const policy = parsePolicy(join(folder, 'policy.yaml'), policyBytes);
  const parsed = parseAllowedSigners(join(folder, 'allowed_signers'), allowedSigners);
  const problems = [
    ...parsed.problems,
    // Where a line is unreadable, what misses its key would only repeat that.
    ...(parsed.problems.length > 0
      ? []
      : [
          ...publicKeyProblems(folder, files, parsed.signers),
          ...thresholdProblems(folder, policy, parsed.signers),
        ]),
    ...revocationProblems(folder, revoked),
  ];
  if (problems.length > 0) throw invalidTrust(folder, problems);
  return { folder, policy, signers: parsed.signers, allowedSigners, revoked };
}

/** A `.pub` that nobody's line names would let a reader compare the wrong fingerprint. */
function publicKeyProblems(
  folder: string,
  files: TrustFiles,
  signers: readonly AllowedSigner[],
): Problem[] {
  return [...files]
    .filter(([name]) => name.endsWith('.pub'))
    .flatMap(([name, bytes]): Problem[] => {
      const identity = name.slice(0, -'.pub'.length);
      const [type = '', base64 = ''] = Buffer.from(bytes).toString('latin1').trimEnd().split(' ');
      const key = parsePublicKey(type, base64);
      const known = signers.some(
        (signer) => signer.identity === identity && signer.key.base64 === key?.base64,
      );
      if (known) return [];
      const expected = `a key that allowed_signers names for ${identity}`;
      return [{ where: join(folder, name), expected, got: key ? 'another key' : 'no public key' }];
    });
}

function thresholdProblems(
  folder: string,
  { threshold }: TrustPolicy,
  signers: readonly AllowedSigner[],
): Problem[] {
  const able = signers.filter(({ namespaces }) => namespaces.includes(bundleNamespace));
  const people = new Set(able.map(({ identity }) => identity)).size;
  if (people >= threshold) return [];
  return [
    {
      where: `${join(folder, 'policy.yaml')} threshold`,
      expected: `at most the ${String(people)} identities in allowed_signers`,
      got: String(threshold),
    },
  ];
}

/** Source: OpenSSH, PROTOCOL.krl, section 1: KRL_MAGIC. */
function revocationProblems(folder: string, revoked: Uint8Array | undefined): Problem[] {
  if (revoked === undefined) return [];
  if (Buffer.from(revoked.subarray(0, 8)).toString('latin1') === 'SSHKRL\n\0') return [];
  const where = join(folder, 'revoked.krl');
  return [{ where, expected: 'a key revocation list of ssh-keygen -k', got: 'another file' }];
}
