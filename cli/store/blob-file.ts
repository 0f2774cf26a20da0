import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { hasSystemCode } from '../errors.js';

const readBytes = 1024 * 1024;

/** Opens a blob for reading; a link, a pipe or a folder by its name is no file and is not followed or waited for. */
export async function openBlob(file: string): Promise<FileHandle | 'no file' | undefined> {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    if (hasSystemCode(error, 'ELOOP', 'ENXIO')) return 'no file';
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return 'no file';
}

/** Differs whenever somebody wrote to the file or exchanged it. */
export async function stateOf(handle: FileHandle): Promise<string> {
  const { ino, size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}

/** The SHA-256 of a whole file, in hex. */
export async function hashAll(handle: FileHandle): Promise<{ hex: string; sizeBytes: number }> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(readBytes);
  for (let sizeBytes = 0; ;) {
    const { bytesRead } = await handle.read(buffer, 0, readBytes, sizeBytes);
    if (bytesRead === 0) return { hex: hash.digest('hex'), sizeBytes };
    hash.update(buffer.subarray(0, bytesRead));
    sizeBytes += bytesRead;
  }
}
