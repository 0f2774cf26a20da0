import { createHash } from 'node:crypto';

export interface HashedFile {
  readonly path: string;
  /** SHA-256 of its bytes. */
  readonly hex: string;
}

/** The `h1:` hash over files with their names, in whatever order. Source: golang.org/x/mod/sumdb/dirhash, Hash1. */
export function dirHash(files: readonly HashedFile[]): string {
  const hash = createHash('sha256');
  for (const { hex, path } of [...files].sort(byBytes)) hash.update(`${hex}  ${path}\n`);
  return `h1:${hash.digest('base64')}`;
}

/** SHA-256 of a stream in hex. */
export async function hexOfStream(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of bytes) hash.update(chunk);
  return hash.digest('hex');
}

/** Go sorts names by their UTF-8 bytes. */
function byBytes(a: HashedFile, b: HashedFile): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}
