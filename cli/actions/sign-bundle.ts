import { changeSignatures, type RawHead } from '../bundle/head.js';
import { openBundle } from '../bundle/reader.js';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { bundleNamespace } from '../signing/namespaces.js';
import { fingerprintOf } from '../signing/public-key.js';
import { refuseFalse } from '../signing/refuse-false.js';
import { signBytes } from '../signing/sign.js';
import { addSignature, parseSignatureArea, refuseSecond } from '../signing/signatures.js';
import { readSigningKey, type SigningKey } from '../signing/signing-key.js';
import type { KeygenRun } from '../signing/ssh-keygen.js';
import { withFileLock } from '../store/file-lock.js';

/** What a person reads before signing. */
export interface BundleToSign {
  readonly identity: Digest;
  readonly name: string;
  readonly version: string;
  readonly channel: string;
  readonly sequence: number;
}

export interface SignBundleOptions extends KeygenRun {
  readonly file: string;
  readonly keyFile: string;
  /** Whether a person is there who can type a passphrase or touch a key. */
  readonly terminal: boolean;
  /** Told what is about to be signed, before the key is used. */
  readonly onBundle: (bundle: BundleToSign) => void;
}

export interface SignedBundle extends BundleToSign {
  /** Of the key that signed. */
  readonly fingerprint: string;
  /** How many signatures the bundle has now. */
  readonly signatures: number;
}

/**
 * Adds a signature to a bundle in place, whoever signed it before; the file changes only once the signature is made.
 *
 * @throws {WireOfflineError} the codes of `readSigningKey`, `openBundle` and `parseSignatureArea`; KEY_HAS_SIGNED,
 * SIGNATURE_INVALID where a signature that is there is not of this bundle, SIGNING_FAILED.
 */
export async function signBundle(options: SignBundleOptions): Promise<SignedBundle> {
  const { file, keyFile, terminal, env, signal } = options;
  const run = { terminal, env, signal };
  const key = await readSigningKey({ ...run, keyFile });
  const { bundle, head } = await readBundle(file, (raw) => checkHead(raw, key, run));
  options.onBundle(bundle);
  const { bundleJson: message } = head;
  const armored = await signBytes(key, { ...run, namespace: bundleNamespace, message });
  // Somebody else may have signed it while this person looked for the passphrase.
  const area = await withFileLock(file, signal, () =>
    changeSignatures(file, (now) => {
      refuseOther(file, head, now);
      return addSignature(now.signatures, armored);
    }),
  );
  const count = parseSignatureArea(area).length;
  return { ...bundle, fingerprint: fingerprintOf(key.key), signatures: count };
}

/** No threshold here: this is how a bundle comes to have enough signatures. */
async function checkHead(head: RawHead, key: SigningKey, run: KeygenRun): Promise<RawHead> {
  const { bundleJson: message, signatures, identity } = head;
  const blocks = parseSignatureArea(signatures);
  refuseSecond(blocks, key);
  const subject = `bundle ${identity}`;
  const { env, signal } = run;
  await refuseFalse({ subject, namespace: bundleNamespace, message, blocks, env, signal });
  return head;
}

/** @throws {WireOfflineError} INPUT_CHANGED */
function refuseOther(file: string, signed: RawHead, now: RawHead): void {
  if (signed.identity === now.identity) return;
  throw new WireOfflineError('INPUT_CHANGED', {
    message: `file ${file}: expected bundle ${signed.identity}, which was signed, got ${now.identity}`,
    hint: 'something else wrote to the file meanwhile: look at it again before you sign it',
  });
}

async function readBundle(
  file: string,
  accept: (head: RawHead) => Promise<RawHead>,
): Promise<{ bundle: BundleToSign; head: RawHead }> {
  const opened = await openBundle(file, accept);
  await opened.close();
  const { identity, acceptance: head } = opened;
  const { name, version, channel, sequence } = opened.document;
  return { bundle: { identity, name, version, channel, sequence }, head };
}
