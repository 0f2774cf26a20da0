import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';

/**
 * A regular file opened for reading, with its size; a pipe or a device by its name is not waited for.
 *
 * @throws {WireOfflineError} INPUT_UNREADABLE
 */
export async function openInput(
  file: string,
  flags: 'r' | 'r+' = 'r',
): Promise<{ readonly handle: FileHandle; readonly sizeBytes: number }> {
  const handle = await openFile(file, flags);
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw unreadable(file, 'something that is not a regular file');
    return { handle, sizeBytes: status.size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Reads exactly that many bytes at a position; fewer where the file ends before. */
export async function readAt(
  handle: FileHandle,
  { start, sizeBytes }: { readonly start: number; readonly sizeBytes: number },
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(sizeBytes);
  let done = 0;
  while (done < sizeBytes) {
    const { bytesRead } = await handle.read(bytes, done, sizeBytes - done, start + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function openFile(file: string, flags: 'r' | 'r+'): Promise<FileHandle> {
  try {
    const access = flags === 'r' ? constants.O_RDONLY : constants.O_RDWR;
    return await open(file, access | constants.O_NONBLOCK);
  } catch (cause) {
    if (hasSystemCode(cause, ...unreadableCodes)) throw unreadable(file, cause.message, cause);
    throw cause;
  }
}

const unreadableCodes = [
  'ENOENT',
  'EACCES',
  'EPERM',
  'ENOTDIR',
  'EISDIR',
  'ELOOP',
  'EROFS',
  'ENXIO',
  'ENAMETOOLONG',
];

function unreadable(file: string, got: string, cause?: unknown): WireOfflineError {
  return new WireOfflineError('INPUT_UNREADABLE', {
    message: `file ${file}: expected a file that can be read, got ${got}`,
    hint: 'check its name and who may read it',
    cause,
  });
}
