import type { Problem } from '../errors.js';
import { describeKeys, type DescribedKey } from './describe-trust.js';
import { bundleNamespace, trustNamespace, type Namespace } from './namespaces.js';
import type { KeygenRun } from './ssh-keygen.js';
import { invalidTrust } from './trust-files.js';
import type { TrustFolder } from './trust-folder.js';

const purposes: readonly { readonly namespace: Namespace; readonly what: string }[] = [
  { namespace: bundleNamespace, what: 'sign bundles' },
  { namespace: trustNamespace, what: 'sign the trust folder that comes after this one' },
];

/**
 * Refuses a trust folder that nothing could follow: one in force by which no bundle is ever accepted, or which no
 * other can take the place of, locks its island for good.
 *
 * @throws {WireOfflineError} TRUST_INVALID; TOOL_MISSING
 */
export async function refuseUnusable(
  trust: TrustFolder,
  run: KeygenRun & { readonly now: Date },
): Promise<void> {
  const keys = await describeKeys(trust, run);
  const { threshold } = trust.policy;
  const problems = purposes.flatMap(({ namespace, what }): Problem[] => {
    const people = peopleWho(keys, namespace);
    if (people >= threshold) return [];
    return [
      {
        where: `${trust.folder} allowed_signers`,
        expected: `keys of ${String(threshold)} people that are valid today, not revoked, and may ${what}`,
        got: String(people),
      },
    ];
  });
  if (problems.length > 0) throw invalidTrust(trust.folder, problems);
}

function peopleWho(keys: readonly DescribedKey[], namespace: Namespace): number {
  const able = keys.filter((key) => key.state === 'valid' && key.namespaces.includes(namespace));
  return new Set(able.map(({ identity }) => identity)).size;
}
