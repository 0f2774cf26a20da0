import { WireOfflineError, type ErrorCode, type Problem } from '../errors.js';
import { judgeSignature, layOut, type Judgement } from './judge-signature.js';
import type { Namespace } from './namespaces.js';
import { withScratchFolder } from '../transport/scratch-folder.js';
import type { SignatureBlock } from './signature-block.js';
import type { KeygenRun } from './ssh-keygen.js';
import type { TrustFolder } from './trust-folder.js';

/** One person whose signature counted. */
export interface CountedSigner {
  readonly identity: string;
  /** `SHA256:...`, as `ssh-keygen -l` prints it. */
  readonly fingerprint: string;
}

export interface VerifyOptions extends KeygenRun {
  readonly trust: TrustFolder;
  readonly now: Date;
  readonly namespace: Namespace;
  /** What was signed, in words, for the error. */
  readonly subject: string;
  /** The very bytes that were signed. */
  readonly message: Uint8Array;
  readonly blocks: readonly SignatureBlock[];
}

/**
 * The people who signed these bytes, once as many as the trust folder's threshold did.
 *
 * Every signature must be genuine and made for this purpose, also those that do not count. One key counts once, and
 * so does one person, whatever the number of keys.
 *
 * @throws {WireOfflineError} SIGNATURE_MISSING, SIGNATURE_INVALID, SIGNATURE_NAMESPACE_WRONG, SIGNER_REVOKED,
 * SIGNER_EXPIRED, SIGNER_NOT_YET_VALID, SIGNER_UNKNOWN, SIGNATURES_TOO_FEW; TRUST_INVALID, TOOL_MISSING.
 */
export async function verifySignatures(options: VerifyOptions): Promise<readonly CountedSigner[]> {
  const { blocks, subject, trust } = options;
  if (blocks.length === 0)
    throw new WireOfflineError('SIGNATURE_MISSING', {
      message: `${subject}: expected ${needed(trust)}, got no signature`,
      hint: 'a key of the trust folder must sign it: wire-offline docs trust',
    });
  const judgements = await judgeAll(options);
  const counted = countSigners(judgements);
  const refusal = refusalCode(judgements, {
    counted: counted.length,
    needed: trust.policy.threshold,
  });
  if (refusal === undefined) return counted;
  throw new WireOfflineError(refusal, {
    message: `${subject}: expected ${needed(trust)}, got ${String(counted.length)} that count of ${String(blocks.length)}`,
    hint: hints[refusal],
    problems: judgements.flatMap(toProblem),
  });
}

async function judgeAll(options: VerifyOptions): Promise<Judgement[]> {
  const { trust, now, env, signal, namespace, message, blocks } = options;
  return withScratchFolder(async (folder) => {
    const bench = { folder, trust, now, env, signal };
    await layOut(bench);
    const judgements: Judgement[] = [];
    for (const block of blocks)
      judgements.push(await judgeSignature(bench, { block, namespace, message }));
    return judgements;
  });
}

/** One for each identity: a key belongs to one identity (`allowed_signers` is held to that), so keys differ too. */
function countSigners(judgements: readonly Judgement[]): CountedSigner[] {
  const people = new Map<string, CountedSigner>();
  for (const judgement of judgements) {
    if (judgement.verdict !== 'counts' || people.has(judgement.identity)) continue;
    const { identity, fingerprint } = judgement;
    people.set(identity, { identity, fingerprint });
  }
  return [...people.values()];
}

type Refusal = keyof typeof hints;

const hints = {
  SIGNATURE_INVALID:
    'the file was changed after it was signed, or the signature is of another: do not use it',
  SIGNATURE_NAMESPACE_WRONG: 'the signature was made for another purpose: do not use the file',
  SIGNER_REVOKED: 'have it signed with a key that is not in revoked.krl',
  SIGNER_EXPIRED: 'have it signed with a key that is valid now, or check the clock of this machine',
  SIGNER_NOT_YET_VALID: 'wait until the key is valid, or check the clock of this machine',
  SIGNER_UNKNOWN:
    'compare the fingerprints with those of the people you trust: wire-offline docs trust',
  SIGNATURES_TOO_FEW: 'have another person sign it: wire-offline sign BUNDLE --key KEY',
} as const satisfies Partial<Record<ErrorCode, string>>;

/** The first of these that holds is what the error is called; its problems say what each signature is. */
function refusalCode(
  judgements: readonly Judgement[],
  count: { readonly counted: number; readonly needed: number },
): Refusal | undefined {
  const some = (verdict: Judgement['verdict']): boolean =>
    judgements.some((judgement) => judgement.verdict === verdict);
  if (some('wrong-namespace')) return 'SIGNATURE_NAMESPACE_WRONG';
  if (some('false')) return 'SIGNATURE_INVALID';
  if (count.counted >= count.needed) return undefined;
  if (some('revoked')) return 'SIGNER_REVOKED';
  if (some('expired')) return 'SIGNER_EXPIRED';
  if (some('not-yet-valid')) return 'SIGNER_NOT_YET_VALID';
  return count.counted === 0 ? 'SIGNER_UNKNOWN' : 'SIGNATURES_TOO_FEW';
}

function toProblem(judgement: Judgement, index: number): Problem[] {
  if (judgement.verdict === 'counts') return [];
  const who = 'identity' in judgement ? `${judgement.identity}, ` : '';
  const where = `signature ${String(index + 1)} (${who}${judgement.fingerprint})`;
  return [{ where, expected: 'one that counts', got: verdictText[judgement.verdict] }];
}

const verdictText: Readonly<Record<Exclude<Judgement['verdict'], 'counts'>, string>> = {
  false: 'one that is not of these bytes',
  'wrong-namespace': 'one made for another purpose',
  unknown: 'a key that allowed_signers does not name for this purpose',
  revoked: 'a key that revoked.krl names',
  expired: 'a key whose time is over',
  'not-yet-valid': 'a key whose time has not begun',
};

function needed({ policy }: TrustFolder): string {
  return `signatures of ${String(policy.threshold)} of the people in the trust folder`;
}
