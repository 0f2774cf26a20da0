import { createHash } from 'node:crypto';
import { z } from 'zod';

/** A SHA-256 digest as OCI writes it. Source: OCI image specification 1.1, descriptor, "Registered Algorithms". */
export type Digest = `sha256:${string}`;

/** Lower case only and nothing but hex digits: a digest becomes part of a path. */
const pattern = /^sha256:[0-9a-f]{64}$/;

export const digestSchema = z.custom<Digest>(isDigest, 'sha256: and 64 lower-case hex digits');

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && pattern.test(value);
}

/** The digest of bytes at hand. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The 64 hex digits: a blob's name in an OCI layout. */
export function hexOf(digest: Digest): string {
  return digest.slice('sha256:'.length);
}

/** A blob by content. */
export interface Blob {
  readonly digest: Digest;
  readonly sizeBytes: number;
}
