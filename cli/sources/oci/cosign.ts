import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { digestSchema, hexOf, type Digest } from '../../digest.js';
import { WireOfflineError, type ErrorCode } from '../../errors.js';

// Source: sigstore/cosign, specs/SIGNATURE_SPEC.md: tag based discovery, layers and payload.
export const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';
export const signatureAnnotation = 'dev.cosignproject.cosign/signature';

/** No honest payload is larger: it names one image. */
export const maxPayloadBytes = 64 * 1024;

const payloadSchema = z.object({
  critical: z.object({
    identity: z.object({ 'docker-reference': z.string() }),
    image: z.object({ 'docker-manifest-digest': digestSchema }),
    type: z.literal('cosign container image signature'),
  }),
});

/** The tag under which cosign keeps the signatures of an image. */
export function signatureTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}.sig`;
}

/**
 * Reads the public key that a recipe names.
 *
 * @throws {WireOfflineError} CONFIG_UNREADABLE; CONFIG_INVALID where it is no ECDSA key on P-256, cosign's kind.
 */
export async function readCosignKey(path: string, recipeFolder: string): Promise<KeyObject> {
  const file = isAbsolute(path) ? path : join(recipeFolder, path);
  let pem;
  try {
    pem = await readFile(file, 'utf8');
  } catch (cause) {
    throw keyError('CONFIG_UNREADABLE', { file, got: String(cause), cause });
  }
  if (pem.includes('PRIVATE KEY'))
    throw keyError('CONFIG_INVALID', {
      file,
      got: 'a private key, which belongs to its owner alone',
    });
  let key;
  try {
    key = createPublicKey(pem);
  } catch (cause) {
    throw keyError('CONFIG_INVALID', { file, got: 'something else', cause });
  }
  if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  throw keyError('CONFIG_INVALID', { file, got: `a key of type ${key.asymmetricKeyType ?? '?'}` });
}

/** What stands in a bundle for the key: the SHA-256 of its DER form. */
export function fingerprint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' });
  return `SHA256:${createHash('sha256').update(der).digest('hex')}`;
}

export interface SignatureCheck {
  /** The image, for messages. */
  readonly what: string;
  readonly key: KeyObject;
  /** The digests that stand for the image: its index and its manifest. */
  readonly digests: readonly Digest[];
  /** The name that the signer must have given the image; any where the recipe names none. */
  readonly identity: string | undefined;
}

/**
 * Proves that the key's owner signed this image. The payload is parsed only once its signature holds.
 *
 * @throws {WireOfflineError} COSIGN_INVALID where the key did not sign these bytes; COSIGN_OTHER_IMAGE where it
 *   signed them for another image.
 */
export function checkSignature(
  payload: Uint8Array,
  signature: string,
  { what, key, digests, identity }: SignatureCheck,
): void {
  if (!verify('sha256', payload, key, Buffer.from(signature, 'base64')))
    throw cosignError('COSIGN_INVALID', what, `a signature by ${fingerprint(key)}`, 'another');
  const parsed = payloadSchema.safeParse(jsonOf(payload));
  if (!parsed.success)
    throw cosignError('COSIGN_INVALID', what, 'a payload of cosign', z.prettifyError(parsed.error));
  const { image, identity: signed } = parsed.data.critical;
  const digest = image['docker-manifest-digest'];
  if (!digests.includes(digest))
    throw cosignError('COSIGN_OTHER_IMAGE', what, `a signature of ${digests.join(' or ')}`, digest);
  const name = signed['docker-reference'];
  if (identity !== undefined && name !== identity)
    throw cosignError('COSIGN_OTHER_IMAGE', what, `a signature for the name ${identity}`, name);
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** A failure of the proof by cosign. */
export function cosignError(
  code: 'COSIGN_MISSING' | 'COSIGN_INVALID' | 'COSIGN_OTHER_IMAGE',
  ...[what, expected, got]: readonly [string, string, string]
): WireOfflineError {
  return new WireOfflineError(code, {
    message: `${what}: expected ${expected}, got ${got}`,
    hint: 'check that cosignKey is the key of the image’s maker, and ask the maker when it is; do not use the image',
  });
}

function keyError(
  code: ErrorCode,
  { file, got, cause }: { readonly file: string; readonly got: string; readonly cause?: unknown },
): WireOfflineError {
  return new WireOfflineError(code, {
    message: `cosignKey ${file}: expected an ECDSA P-256 public key in PEM form, got ${got}`,
    hint: 'name the cosign.pub of the image’s maker, by its path from the recipe',
    cause,
  });
}
