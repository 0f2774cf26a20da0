import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { hasSystemCode } from '../errors.js';

/** A file's bytes, or why there are none. */
export type SmallFile =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | {
      readonly ok: false;
      /** There is nothing of that name. */
      readonly absent: boolean;
      /** What was found instead of a file that can be read, for an error's text. */
      readonly got: string;
      readonly cause?: unknown;
    };

/** Reads a regular file (never a device or a pipe) of at most `maxBytes`; a larger one gives `maxBytes + 1` bytes. */
export async function readSmallFile(file: string, maxBytes: number): Promise<SmallFile> {
  try {
    // Opening a named pipe would otherwise wait for ever.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return { ok: false, absent: false, got: kindOf(stat) };
      const bytes = Buffer.alloc(Math.min(stat.size, maxBytes + 1));
      const { bytesRead } = await handle.read(bytes);
      return { ok: true, bytes: bytes.subarray(0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOENT', 'ENOTDIR'))
      return { ok: false, absent: true, got: 'none', cause };
    if (cause instanceof Error && 'syscall' in cause)
      return { ok: false, absent: false, got: cause.message, cause };
    throw cause;
  }
}

function kindOf(stat: { isDirectory(): boolean }): string {
  return stat.isDirectory() ? 'a folder' : 'something that is not a regular file';
}
