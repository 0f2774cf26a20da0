import { createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { ConfigurationError } from '../../config/read-config.js';
import type { Secret } from '../../contract/secret.js';

/** The signature schemes of MLS groups that the backend can remove members from. Source: backend-api 3.11. */
export const removalSchemes = [
  'ed25519',
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
] as const;

export type RemovalScheme = (typeof removalSchemes)[number];

const publicJwk = z.object({
  kty: z.enum(['OKP', 'EC']),
  crv: z.enum(['Ed25519', 'P-256', 'P-384', 'P-521']),
  x: z.string(),
  y: z.string().optional(),
});

export type PublicJwk = z.output<typeof publicJwk>;

/** A public key as clients are told it. */
export interface RemovalKey {
  readonly scheme: RemovalScheme;
  /** Ed25519: the 32 bytes; ECDSA: the uncompressed point. */
  readonly raw: Buffer;
  readonly jwk: PublicJwk;
}

const schemeOfCurve = {
  Ed25519: 'ed25519',
  'P-256': 'ecdsa_secp256r1_sha256',
  'P-384': 'ecdsa_secp384r1_sha384',
  'P-521': 'ecdsa_secp521r1_sha512',
} as const satisfies Record<PublicJwk['crv'], RemovalScheme>;

/**
 * The public parts of the removal keys.
 *
 * @throws {ConfigurationError} where the secret does not hold one private key of each scheme.
 */
export function parseRemovalKeys(secret: Secret): readonly RemovalKey[] {
  const pems = secret.reveal().match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? [];
  const keys = pems.map((pem) => toRemovalKey(readKey(pem)));
  const missing = removalSchemes.filter((scheme) => !keys.some((key) => key.scheme === scheme));
  if (missing.length === 0 && keys.length === removalSchemes.length) return keys;
  throw new ConfigurationError(
    `secret mls-removal-keys: expected one key of each scheme, missing ${missing.join(', ')}`,
  );
}

function readKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new ConfigurationError('secret mls-removal-keys: a key is no PEM key', { cause: error });
  }
}

function toRemovalKey(key: KeyObject): RemovalKey {
  const jwk = publicJwk.parse(key.export({ format: 'jwk' }));
  const [x, y] = [jwk.x, jwk.y ?? ''].map((part) => Buffer.from(part, 'base64url'));
  const point = Buffer.concat([x ?? Buffer.alloc(0), y ?? Buffer.alloc(0)]);
  const raw = jwk.kty === 'OKP' ? point : Buffer.concat([Buffer.of(4), point]);
  return { scheme: schemeOfCurve[jwk.crv], raw, jwk };
}
