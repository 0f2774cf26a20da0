import { WireOfflineError } from '../errors.js';
import { bundleNamespace, type Namespace } from './namespaces.js';
import { fingerprintOf } from './public-key.js';
import { parseBlock } from './signature-block.js';
import { refuseFalse } from './refuse-false.js';
import { addSignature, emptySignatureArea, parseSignatureArea } from './signatures.js';
import type { SigningKey } from './signing-key.js';
import { makeSignature, type KeygenRun } from './ssh-keygen.js';

export interface SignOptions extends KeygenRun {
  readonly message: Uint8Array;
  /** Whether a person is there who can type a passphrase or touch a key. */
  readonly terminal: boolean;
}

/**
 * Signs raw bytes and gives the armored signature, once it is known to be by that key and for that purpose.
 *
 * @throws {WireOfflineError} SIGNING_FAILED with the words of `ssh-keygen`; TOOL_MISSING.
 */
export async function signBytes(
  { file, key }: SigningKey,
  { namespace, ...options }: SignOptions & { readonly namespace: Namespace },
): Promise<string> {
  const { exitCode, stdout, stderr } = await makeSignature({
    keyFile: file,
    namespace,
    ...options,
  });
  const block = exitCode === 0 ? parseBlock(stdout) : undefined;
  if (block?.namespace === namespace && block.key.base64 === key.base64) return stdout;
  const said = stderr.trim();
  throw new WireOfflineError('SIGNING_FAILED', {
    message: `key ${file}: expected a signature by ${fingerprintOf(key)}, got exit status ${String(exitCode)}${said && `: ${said}`}`,
    hint: 'a wrong passphrase, or a hardware key that was not there or not touched: try again',
  });
}

/**
 * A whole `bundle.sigs` with the signatures of some keys over the bytes of a `bundle.json`, after those that are
 * `there` already. Where what is there is not true of these bytes, it is dropped.
 *
 * @throws {WireOfflineError} SIGNING_FAILED; KEY_HAS_SIGNED where a key is given twice.
 */
export async function signBundleHead(
  keys: readonly SigningKey[],
  options: SignOptions & { readonly there?: Uint8Array | undefined },
): Promise<Uint8Array> {
  const { there, ...run } = options;
  let area = there !== undefined && (await isTrue(there, run)) ? there : emptySignatureArea();
  const signed = new Set(parseSignatureArea(area).map(({ key }) => key.base64));
  for (const key of keys.filter(({ key: { base64 } }) => !signed.has(base64)))
    area = addSignature(area, await signBytes(key, { ...run, namespace: bundleNamespace }));
  return area;
}

async function isTrue(area: Uint8Array, { message, env, signal }: SignOptions): Promise<boolean> {
  try {
    const blocks = parseSignatureArea(area);
    const subject = 'the bundle that is there';
    await refuseFalse({ subject, namespace: bundleNamespace, message, blocks, env, signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WireOfflineError) return false;
    throw error;
  }
}
