import { open, lstat, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';

export interface OutputFile {
  readonly file: string;
  /** Puts the new file in the place of one that is there. */
  readonly force: boolean;
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
    await removeAbandoned(file);
    const temporary = temporaryFor(file);
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

/** A name beside the output that says which process writes it. */
export function temporaryFor(path: string): string {
  return `${path}.partial-${String(process.pid)}`;
}

/** @throws {WireOfflineError} OUTPUT_EXISTS */
export async function refuseExisting({ file, force }: OutputFile): Promise<void> {
  if (force || !(await isThere(file))) return;
  throw new WireOfflineError('OUTPUT_EXISTS', {
    message: `output ${file}: expected no such file, got one`,
    hint: 'name another output, or move this one away',
  });
}

/** Removes what a process that no longer runs left beside the output. */
export async function removeAbandoned(path: string): Promise<void> {
  const prefix = `${basename(path)}.partial-`;
  for (const name of await readdir(dirname(path))) {
    const pid = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    if (/^\d+$/.test(pid) && !isRunning(Number(pid)))
      await rm(join(dirname(path), name), { recursive: true, force: true });
  }
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
    if (hasSystemCode(cause, 'EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG'))
      throw new WireOfflineError('OUTPUT_NOT_WRITABLE', {
        message: `output ${path}: expected a folder that can be written to, got ${messageOf(cause)}`,
        hint: 'name an output in a folder that exists and is yours',
        cause,
      });
    throw cause;
  }
}

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
  try {
    await lstat(file);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasSystemCode(error, 'ESRCH');
  }
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
