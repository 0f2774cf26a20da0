import { randomBytes } from 'node:crypto';
import type { Stats } from 'node:fs';
import { open, lstat, rename, rm, rmdir, type FileHandle } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { makeFolder } from '../store/make-folder.js';
import { ownOwner, removeAbandoned } from '../store/owner.js';

export interface OutputFile {
  readonly file: string;
  /** Puts the new file in the place of one, or of a link, that is there; absent where the verb never does. */
  readonly force?: boolean;
}

/**
 * Writes a file that appears whole or not at all: a temporary one beside it, synced, then renamed. Whatever
 * stops it, nothing is left under the file's name; what a killed run left beside it is removed.
 *
 * @throws {WireOfflineError} OUTPUT_EXISTS, DISK_FULL, OUTPUT_NOT_WRITABLE; whatever `write` throws.
 */
export async function writeOutput<T>(
  output: OutputFile,
  write: (handle: FileHandle, temporary: string) => Promise<T>,
): Promise<T> {
  const { file } = output;
  return await explainingWrites(file, async () => {
    await refuseExisting(output);
    const temporary = await temporaryFor(file);
    try {
      const result = await writeAndSync(temporary, write);
      await refuseExisting(output);
      await rename(temporary, file);
      await syncFolder(dirname(file));
      return result;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** A new name beside the output that says which process writes it; what runs that are gone left there is removed. */
export async function temporaryFor(path: string): Promise<string> {
  const prefix = `${basename(path)}.partial.`;
  await removeAbandoned(dirname(path), (name) =>
    name.startsWith(prefix)
      ? /^([0-9]+-[0-9]+-[0-9]+)\.[0-9a-f]{8}$/.exec(name.slice(prefix.length))?.[1]
      : undefined,
  );
  return `${path}.partial.${await ownOwner()}.${randomBytes(4).toString('hex')}`;
}

/** @throws {WireOfflineError} OUTPUT_EXISTS; OUTPUT_NOT_WRITABLE where there is what no file may replace. */
export async function refuseExisting({ file, force }: OutputFile): Promise<void> {
  const there = await statusOf(file);
  if (there === undefined) return;
  if (force !== true)
    throw new WireOfflineError('OUTPUT_EXISTS', {
      message: `output ${file}: expected no such file, got one`,
      hint: `name another output, or ${force === undefined ? 'move this one away' : 'replace this one with --force'}`,
    });
  if (there.isFile() || there.isSymbolicLink()) return;
  throw new WireOfflineError('OUTPUT_NOT_WRITABLE', {
    message: `output ${file}: expected a file or nothing there, got ${kindOf(there)}`,
    hint: there.isDirectory() ? 'name a file in it' : 'name a file',
  });
}

/**
 * Lends a folder for outputs, made where there is none; where the work fails, what was made of it goes again.
 *
 * @throws {WireOfflineError} DISK_FULL, OUTPUT_NOT_WRITABLE; whatever `work` throws.
 */
export async function inOutputFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  return await explainingWrites(folder, async () => {
    const first = await makeFolder(folder, 0o777);
    try {
      return await work();
    } catch (error) {
      if (first !== undefined) await removeEmpty(resolve(folder), resolve(first));
      throw error;
    }
  });
}

/** Runs what writes to the output, and turns what the file system says into the user's words. */
export async function explainingWrites<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (hasSystemCode(cause, 'ENOSPC', 'EDQUOT', 'EFBIG'))
      throw new WireOfflineError('DISK_FULL', {
        message: `output ${path}: expected room for it, got ${messageOf(cause)}`,
        hint: 'make room or name an output on another disk; nothing was left behind',
        cause,
      });
    if (hasSystemCode(cause, ...unwritableCodes))
      throw new WireOfflineError('OUTPUT_NOT_WRITABLE', {
        message: `output ${path}: expected a folder that can be written to, got ${messageOf(cause)}`,
        hint: 'name an output in a folder that exists and is yours',
        cause,
      });
    throw cause;
  }
}

const unwritableCodes = [
  ...['EROFS', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ELOOP'],
  ...['ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR', 'ENOTEMPTY'],
];

/** Makes a rename in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function writeAndSync<T>(
  temporary: string,
  write: (handle: FileHandle, temporary: string) => Promise<T>,
): Promise<T> {
  const handle = await open(temporary, 'wx+', 0o644);
  try {
    const result = await write(handle, temporary);
    await handle.sync();
    return result;
  } finally {
    await handle.close();
  }
}

/** Whether anything has this name, a link that leads nowhere included. */
export async function isThere(file: string): Promise<boolean> {
  return (await statusOf(file)) !== undefined;
}

async function statusOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function kindOf(status: Stats): string {
  if (status.isDirectory()) return 'a folder';
  if (status.isFIFO()) return 'a pipe';
  return status.isSocket() ? 'a socket' : 'a device';
}

/** Removes a folder and those above it up to `last`, as far as nobody put anything there. */
async function removeEmpty(folder: string, last: string): Promise<void> {
  try {
    await rmdir(folder);
  } catch (error) {
    if (hasSystemCode(error, 'ENOTEMPTY', 'ENOENT')) return;
    throw error;
  }
  if (folder !== last) await removeEmpty(dirname(folder), last);
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
