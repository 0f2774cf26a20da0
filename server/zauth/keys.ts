import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../config/read-config.js';
import type { Secret } from '../contract/secret.js';
import { parseToken, tokenText, type ParsedToken, type Token } from './token.js';

/** Makes tokens. The last key signs, so that a new one is added behind the old ones. */
export interface TokenSigner {
  sign(token: Token): string;
}

/** Believes tokens that any of the keys signed. */
export interface TokenVerifier {
  /** What a text says, where it is a token with a good signature; it may be expired. */
  verify(text: string): Token | undefined;
}

/** RFC 8410: what stands before the 32 bytes in PKCS #8 and SubjectPublicKeyInfo. */
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/** @throws {ConfigurationError} where a line is no key of 64 bytes, seed and public key. */
export function tokenSigner(secret: Secret): TokenSigner {
  const keys = readLines(secret, { name: 'zauth-private-keys', sizeBytes: 64 }).map((bytes) =>
    createPrivateKey({
      key: Buffer.concat([pkcs8Head, bytes.subarray(0, 32)]),
      format: 'der',
      type: 'pkcs8',
    }),
  );
  const newest = keys.at(-1);
  if (newest === undefined) throw new ConfigurationError('secret zauth-private-keys: no key');
  return {
    sign(token) {
      const text = tokenText(token, keys.length);
      // URL-safe with padding. Source: backend-api 2.1.
      const signature = sign(null, Buffer.from(text), newest).toString('base64url');
      return `${signature}==.${text}`;
    },
  };
}

/** @throws {ConfigurationError} where a line is no key of 32 bytes. */
export function tokenVerifier(secret: Secret): TokenVerifier {
  const keys = readLines(secret, { name: 'zauth-public-keys', sizeBytes: 32 }).map((bytes) =>
    createPublicKey({ key: Buffer.concat([spkiHead, bytes]), format: 'der', type: 'spki' }),
  );
  return {
    verify(text) {
      const parsed = parseToken(text);
      return parsed !== undefined && isGood(parsed, keys) ? parsed.token : undefined;
    },
  };
}

function isGood({ key, signed, signature }: ParsedToken, keys: readonly KeyObject[]): boolean {
  const publicKey = keys[key - 1];
  return publicKey !== undefined && verify(null, Buffer.from(signed), publicKey, signature);
}

interface KeyLines {
  readonly name: string;
  readonly sizeBytes: number;
}

function readLines(secret: Secret, { name, sizeBytes }: KeyLines): readonly Buffer[] {
  const lines = secret.reveal().split('\n');
  return lines.map((line, at) => {
    const bytes = Buffer.from(line.trim(), 'base64');
    if (bytes.length === sizeBytes) return bytes;
    throw new ConfigurationError(
      `secret ${name}: expected ${String(sizeBytes)} bytes in base64 on line ${String(at + 1)}, got ${String(bytes.length)}`,
    );
  });
}
