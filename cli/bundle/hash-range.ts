import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Digest } from '../digest.js';

/** Some bytes of a file. */
export interface FileRange {
  readonly start: number;
  readonly sizeBytes: number;
}

const bufferBytes = 1024 * 1024;

/** The digest of a range of a file, of fewer bytes where the file ends before; each piece is shown to `see`. */
export async function hashRange(
  handle: FileHandle,
  { start, sizeBytes }: FileRange,
  see: (bytes: Uint8Array) => void = () => undefined,
): Promise<Digest> {
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  const hash = createHash('sha256');
  let done = 0;
  while (done < sizeBytes) {
    const wanted = Math.min(bufferBytes, sizeBytes - done);
    const { bytesRead } = await handle.read(buffer, 0, wanted, start + done);
    if (bytesRead === 0) break;
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    see(bytes);
    done += bytesRead;
  }
  return `sha256:${hash.digest('hex')}`;
}
