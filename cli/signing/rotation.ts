import { randomBytes } from 'node:crypto';
import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { digestOf, hexOf } from '../digest.js';
import { trustNamespace } from './namespaces.js';
import { fingerprintOf } from './public-key.js';
import { refuseFalse } from './refuse-false.js';
import { signBytes } from './sign.js';
import { parseSignatures, refuseSecond, signaturesText } from './signatures.js';
import type { SignatureBlock } from './signature-block.js';
import type { SigningKey } from './signing-key.js';
import type { KeygenRun } from './ssh-keygen.js';
import { readTrustFiles, trustSignaturesName, type TrustFiles } from './trust-files.js';
import { parseTrustFolder, readTrustFolder, type TrustFolder } from './trust-folder.js';
import { refuseUnusable } from './usable-trust.js';
import { verifySignatures, type CountedSigner } from './verify-signatures.js';

/**
 * What the signers of a trust folder sign: a line `<sha256>  <name>` for every file but the signatures, by name,
 * which is what `sha256sum` prints of them in that order.
 */
export function trustManifest(files: TrustFiles): Uint8Array {
  const names = [...files.keys()].filter((name) => name !== trustSignaturesName).sort();
  const lines = names.map((name) => `${hexOf(digestOf(files.get(name) ?? ''))}  ${name}\n`);
  return Buffer.from(lines.join(''), 'latin1');
}

/** A trust folder that was signed once more. */
export interface SignedTrust {
  readonly folder: string;
  readonly version: number;
  /** Of the key that signed. */
  readonly fingerprint: string;
  /** How many signatures it has now. */
  readonly signatures: number;
}

/**
 * Adds a key's signature of a trust folder to its `trust.sigs`.
 *
 * @throws {WireOfflineError} what `readTrustFolder` throws; KEY_HAS_SIGNED, SIGNING_FAILED; SIGNATURE_INVALID where
 * the folder was changed after somebody signed it.
 */
export async function signTrustFolder(
  options: {
    readonly folder: string;
    readonly key: SigningKey;
    readonly terminal: boolean;
    readonly now: Date;
  } & KeygenRun,
): Promise<SignedTrust> {
  const { folder, key, terminal, now, env, signal } = options;
  const files = await readTrustFiles(folder);
  const trust = parseTrustFolder(folder, files);
  const { version } = trust.policy;
  await refuseUnusable(trust, { now, env, signal });
  const message = trustManifest(files);
  const blocks = signaturesOf(files);
  const subject = join(folder, trustSignaturesName);
  await refuseFalse({ subject, namespace: trustNamespace, message, blocks, env, signal });
  refuseSecond(blocks, key);
  const armored = await signBytes(key, {
    ...{ namespace: trustNamespace, message, terminal, env, signal },
  });
  const text = signaturesText(blocks, armored);
  const next = join(folder, `.${trustSignaturesName}-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(next, text, { flag: 'wx', flush: true });
    await rename(next, join(folder, trustSignaturesName));
  } finally {
    await rm(next, { force: true });
  }
  const fingerprint = fingerprintOf(key.key);
  return { folder, version, fingerprint, signatures: blocks.length + 1 };
}

export interface AcceptTrustOptions extends KeygenRun {
  /** The folder that wants to be trusted. */
  readonly candidate: string;
  /** The folder that is trusted now, and whose place the candidate takes. */
  readonly trustFolder: string;
  readonly now: Date;
}

export interface AcceptedTrust {
  readonly signers: readonly CountedSigner[];
  readonly from: number;
  readonly to: number;
  /** Where the folder that was trusted until now lies. */
  readonly kept: string;
}

/**
 * Puts a new trust folder in the place of the one in force, once the threshold of the one in force signed the new
 * one and its version is higher. What was read and verified is what is written; the old folder is kept beside it.
 *
 * @throws {WireOfflineError} what `verifySignatures`, `readTrustFolder` and `refuseUnusable` throw; TRUST_NOT_NEWER; OUTPUT_EXISTS where
 * something has the place that the old folder would be kept at.
 */
export async function acceptTrustFolder(options: AcceptTrustOptions): Promise<AcceptedTrust> {
  const { candidate, trustFolder, now, env, signal } = options;
  const trust = await readTrustFolder(trustFolder);
  const files = await readTrustFiles(candidate);
  const signers = await verifySignatures({
    ...{ trust, now, env, signal },
    namespace: trustNamespace,
    subject: `trust folder ${candidate}`,
    message: trustManifest(files),
    blocks: signaturesOf(files),
  });
  const next = parseTrustFolder(candidate, files);
  const [from, to] = [trust.policy.version, next.policy.version];
  refuseOlder(candidate, { from, to });
  await refuseUnusable(next, { now, env, signal });
  const kept = await exchange(trust, files);
  return { signers, from, to, kept };
}

function signaturesOf(files: TrustFiles): SignatureBlock[] {
  return parseSignatures(files.get(trustSignaturesName) ?? new Uint8Array());
}

function refuseOlder(folder: string, { from, to }: { from: number; to: number }): void {
  if (to > from) return;
  throw new WireOfflineError('TRUST_NOT_NEWER', {
    message: `${folder}: expected a policy version above ${String(from)}, got ${String(to)}`,
    hint: 'take the newest trust folder; whoever makes one raises version in policy.yaml',
  });
}

/** Two renames: killed between them, no trust folder is there and every reader refuses until it is put back. */
async function exchange({ folder, policy }: TrustFolder, files: TrustFiles): Promise<string> {
  // Where a link leads, not the link: whoever reads the folder by its own name is to see the new one, too.
  const place = await realpath(folder);
  const kept = `${place}.v${String(policy.version)}`;
  if (await isThere(kept))
    throw new WireOfflineError('OUTPUT_EXISTS', {
      message: `${kept}: expected nothing there yet, to keep the old trust folder at, found something`,
      hint: 'move it away',
    });
  const next = join(dirname(place), `.${basename(place)}-${randomBytes(6).toString('hex')}`);
  try {
    await mkdir(next);
    for (const [name, bytes] of files)
      await writeFile(join(next, name), bytes, { flag: 'wx', flush: true });
    await rename(place, kept);
    await rename(next, place).catch(async (thrown: unknown) => {
      await rename(kept, place);
      throw thrown;
    });
  } finally {
    await rm(next, { recursive: true, force: true });
  }
  return kept;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT')) return false;
    throw cause;
  }
}
