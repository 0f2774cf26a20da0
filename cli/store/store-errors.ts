import { types } from 'node:util';
import { WireOfflineError, hasSystemCode, type ErrorCode } from '../errors.js';

/**
 * Runs work on files of the store, so that what the system refuses ends in a code of ours.
 *
 * @throws {WireOfflineError} DISK_FULL, STORE_READ_ONLY, STORE_FAILED.
 */
export async function onStore<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw storeError(path, cause);
  }
}

/** The same for work that does not wait. */
export function onStoreNow(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw storeError(path, cause);
  }
}

/** What a system error on a file of the store means to the user; any other error as it is. */
export function storeError(path: string, cause: unknown): unknown {
  if (cause instanceof WireOfflineError || !types.isNativeError(cause) || !('code' in cause))
    return cause;
  const [code, expected, hint] = meaningOf(cause);
  return new WireOfflineError(code, {
    message: `store ${path}: expected ${expected}, got ${cause.message}`,
    hint,
    cause,
  });
}

function meaningOf(cause: Error): readonly [ErrorCode, string, string] {
  if (hasSystemCode(cause, 'ENOSPC', 'EDQUOT'))
    return [
      'DISK_FULL',
      'room on the disk',
      'make room, or choose a larger disk with --cache; what was downloaded is kept and not asked for again',
    ];
  if (hasSystemCode(cause, 'EROFS', 'EACCES', 'EPERM'))
    return [
      'STORE_READ_ONLY',
      'to be allowed to write',
      'choose a folder of your own with --cache, or WIRE_OFFLINE_CACHE',
    ];
  return ['STORE_FAILED', 'a working folder', 'choose another folder with --cache'];
}
