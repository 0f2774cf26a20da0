import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { ownOwner, removeAbandoned } from '../store/owner.js';

/** `wire-offline.<owner>.<unique>`: whose it is tells a later run whether it is still in use. */
const pattern = /^wire-offline\.(?<owner>[0-9]+-[0-9]+-[0-9]+)\.[0-9a-f-]{36}$/;

/**
 * Lends a new folder that only this user can look into, for programs that read and write files, and takes it away
 * again, whatever happened in it. What killed runs left goes with the next one that needs such a folder. It lies where
 * temporary files do, or `within` a folder whose disk what is made in it is to stay on.
 *
 * @throws {WireOfflineError} OUTPUT_NOT_WRITABLE, DISK_FULL; whatever `use` throws.
 */
export async function withScratchFolder<T>(
  use: (folder: string) => Promise<T>,
  within: string = tmpdir(),
): Promise<T> {
  const folder = await makeScratch(within);
  try {
    return await use(folder);
  } catch (thrown) {
    throw hasSystemCode(thrown, ...fullCodes) ? unusable(within, thrown) : thrown;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeScratch(within: string): Promise<string> {
  const folder = join(within, `wire-offline.${await ownOwner()}.${randomUUID()}`);
  try {
    await removeAbandoned(within, (name) => pattern.exec(name)?.groups?.['owner']);
    await mkdir(folder, { mode: 0o700 });
    return folder;
  } catch (cause) {
    throw hasSystemCode(cause, ...fullCodes, ...unwritableCodes) ? unusable(within, cause) : cause;
  }
}

const fullCodes = ['ENOSPC', 'EDQUOT'];
const unwritableCodes = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENAMETOOLONG'];

function unusable(within: string, cause: Error): WireOfflineError {
  const full = hasSystemCode(cause, ...fullCodes);
  return new WireOfflineError(full ? 'DISK_FULL' : 'OUTPUT_NOT_WRITABLE', {
    message: `temporary files in ${within}: expected ${full ? 'room' : 'a folder that can be written to'}, got ${cause.message}`,
    hint: full
      ? 'make room there, or name a folder on another disk in TMPDIR'
      : 'make that folder, or name another in TMPDIR',
    cause,
  });
}
