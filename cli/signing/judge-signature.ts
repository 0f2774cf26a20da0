import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AllowedSigner } from './allowed-signers.js';
import type { Namespace } from './namespaces.js';
import { fingerprintOf, publicKeyLine } from './public-key.js';
import type { SignatureBlock } from './signature-block.js';
import { isAccepted, isGenuine, isRevoked, type KeygenRun } from './ssh-keygen.js';
import type { TrustFolder } from './trust-folder.js';
import { validityAt } from './validity.js';

/** What one signature is worth: what stands behind it, or why it does not count. */
export type Judgement = { readonly fingerprint: string } & (
  | { readonly verdict: 'counts'; readonly identity: string }
  | { readonly verdict: 'false' | 'wrong-namespace' | 'unknown' }
  | { readonly verdict: 'revoked' | 'expired' | 'not-yet-valid'; readonly identity: string }
);

/** A trust folder laid out for `ssh-keygen`, exactly as it was checked. */
export interface Bench extends KeygenRun {
  readonly folder: string;
  readonly trust: TrustFolder;
  readonly now: Date;
}

export interface Question {
  readonly block: SignatureBlock;
  readonly namespace: Namespace;
  readonly message: Uint8Array;
}

const allowedSignersName = 'allowed_signers';
const revokedName = 'revoked.krl';

/** Writes what was checked of a trust folder into a private folder, for `ssh-keygen` to read. */
export async function layOut(bench: Bench): Promise<void> {
  await writeFile(join(bench.folder, allowedSignersName), bench.trust.allowedSigners);
  if (bench.trust.revoked !== undefined)
    await writeFile(join(bench.folder, revokedName), bench.trust.revoked);
}

/**
 * Judges one signature over raw bytes: what it is for, that it is genuine, whose it is, that the key is neither
 * revoked nor out of its time; and at last asks `ssh-keygen` for its own word on all of that at once.
 */
export async function judgeSignature(bench: Bench, question: Question): Promise<Judgement> {
  const { block, namespace, message } = question;
  const fingerprint = fingerprintOf(block.key);
  if (block.namespace !== namespace) return { fingerprint, verdict: 'wrong-namespace' };
  const signatureFile = join(bench.folder, 'signature');
  await writeFile(signatureFile, block.armored);
  const { env, signal, now } = bench;
  if (!(await isGenuine({ signatureFile, namespace, message, env, signal })))
    return { fingerprint, verdict: 'false' };
  const signer = signerOf(bench.trust, question);
  if (signer === undefined) return { fingerprint, verdict: 'unknown' };
  const { identity } = signer;
  if (await isKeyRevoked(bench, signer)) return { fingerprint, verdict: 'revoked', identity };
  const state = validityAt(signer.validity, now);
  if (state !== 'valid') return { fingerprint, verdict: state, identity };
  const accepted = await isAccepted({
    ...{ signatureFile, namespace, message, identity, now, env, signal },
    allowedSignersFile: join(bench.folder, allowedSignersName),
    revokedFile: revokedFile(bench),
  });
  return accepted
    ? { fingerprint, verdict: 'counts', identity }
    : { fingerprint, verdict: 'false' };
}

function signerOf(trust: TrustFolder, { block, namespace }: Question): AllowedSigner | undefined {
  return trust.signers.find(
    ({ key, namespaces }) => key.base64 === block.key.base64 && namespaces.includes(namespace),
  );
}

async function isKeyRevoked(bench: Bench, { key, identity }: AllowedSigner): Promise<boolean> {
  const file = revokedFile(bench);
  if (file === undefined) return false;
  const publicKeyFile = join(bench.folder, 'key.pub');
  await writeFile(publicKeyFile, publicKeyLine(key, identity));
  const { env, signal } = bench;
  return isRevoked({ revokedFile: file, publicKeyFile, env, signal });
}

function revokedFile({ folder, trust }: Bench): string | undefined {
  return trust.revoked === undefined ? undefined : join(folder, revokedName);
}
