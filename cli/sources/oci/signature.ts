import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { digestSchema } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import type { BlobStore } from '../../store/blob-store.js';
import {
  checkSignature,
  cosignError,
  maxPayloadBytes,
  payloadType,
  signatureAnnotation,
  signatureTag,
  type SignatureCheck,
} from './cosign.js';
import { parseManifest, type Descriptor } from './manifest.js';
import type { Repository } from './registry.js';

/** The signature that was found when the image was locked, so that each bundle proves it again. */
export const signaturePinSchema = z.strictObject({
  payload: z.strictObject({
    digest: digestSchema,
    sizeBytes: z.int().nonnegative().max(maxPayloadBytes),
  }),
  /** In base64. */
  signature: z.base64(),
});

export type SignaturePin = z.infer<typeof signaturePinSchema>;

export type Signed = SignatureCheck;

interface From {
  readonly repository: Repository;
  readonly store: BlobStore;
}

/**
 * Looks for a signature of the image by the key: of its index, else of its manifest.
 *
 * @throws {WireOfflineError} COSIGN_MISSING; what is wrong with the last one found where none holds.
 */
export async function findSignature(signed: Signed, from: From): Promise<SignaturePin> {
  let wrong: WireOfflineError | undefined;
  for (const digest of signed.digests) {
    const found = await from.repository.manifest(signatureTag(digest));
    if (found === undefined) continue;
    for (const layer of parseManifest(found).layers)
      try {
        const pin = pinOf(layer, signed.what);
        await checkPinned(signed, pin, from);
        return pin;
      } catch (error) {
        // One key's signature among those of others is enough.
        if (!(error instanceof WireOfflineError) || !error.code.startsWith('COSIGN_')) throw error;
        wrong = error;
      }
  }
  if (wrong !== undefined) throw wrong;
  throw cosignError('COSIGN_MISSING', signed.what, 'a cosign signature beside it', 'none');
}

/**
 * Proves a signature that was pinned.
 *
 * @throws {WireOfflineError} COSIGN_MISSING, COSIGN_INVALID, COSIGN_OTHER_IMAGE.
 */
export async function checkPinned(
  signed: Signed,
  pin: SignaturePin | undefined,
  { repository, store }: From,
): Promise<void> {
  if (pin === undefined)
    throw cosignError('COSIGN_MISSING', signed.what, 'a signature in the lock', 'none');
  await repository.blob(pin.payload);
  const blob = await store.verified(pin.payload.digest);
  const payload = blob === undefined ? new Uint8Array() : await readFile(blob.file);
  checkSignature(payload, pin.signature, signed);
}

function pinOf({ mediaType, digest, size, annotations }: Descriptor, what: string): SignaturePin {
  const parsed = signaturePinSchema.safeParse({
    payload: { digest, sizeBytes: size },
    signature: annotations?.[signatureAnnotation],
  });
  if (mediaType === payloadType && parsed.success) return parsed.data;
  throw cosignError('COSIGN_INVALID', what, 'a signature as cosign writes it', mediaType);
}
