import { lstat, readFile, readdir, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode } from '../errors.js';

/** Names the process that works on a temporary file, as part of the file's name: `<pid namespace>-<pid>-<start>`. */
const pattern = /^([0-9]+)-([0-9]+)-([0-9]+)$/;

/** A process elsewhere that has not written for so long is taken for dead. */
const silentForMs = 24 * 3600 * 1000;

/** This process, as `isAbandoned` will look for it in a later run. */
export async function ownOwner(): Promise<string> {
  const pid = String(process.pid);
  return `${await pidNamespace()}-${pid}-${await startOf(pid)}`;
}

/** Whether the process that a file's name tells is gone, so that the file may be taken over. */
export async function isAbandoned(owner: string, file: string): Promise<boolean> {
  const [, namespace = '', pid = '', start = ''] = pattern.exec(owner) ?? [];
  if (namespace === (await pidNamespace())) return (await startOf(pid)) !== start;
  return Date.now() - (await lastWritten(file)) > silentForMs;
}

/**
 * Removes from a folder what runs that are gone left there, files and folders; `ownerIn` tells whose a name is, and
 * nothing where it is no temporary one.
 */
export async function removeAbandoned(
  folder: string,
  ownerIn: (name: string) => string | undefined,
): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = ownerIn(name);
    if (owner === undefined) continue;
    const left = join(folder, name);
    try {
      // Others may write there too: what is not this user's own is not ours to remove.
      const isOwn = (await lstat(left)).uid === process.geteuid?.();
      if (isOwn && (await isAbandoned(owner, left))) await rm(left, { recursive: true });
    } catch (error) {
      // Another run was faster, or it cannot be removed: no reason to refuse what was asked for.
      if (!hasSystemCode(error, 'ENOENT', 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY')) throw error;
    }
  }
}

/** Processes of another container cannot be seen from here, so that their pids say nothing. */
async function pidNamespace(): Promise<string> {
  return (await readlink('/proc/self/ns/pid')).replace(/[^0-9]/g, '');
}

/** When a process started, in clock ticks since boot, which tells it from a later one of the same number. */
async function startOf(pid: string): Promise<string> {
  try {
    const line = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the second field is in parentheses and may hold anything; starttime is field 22.
    return line.slice(line.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ESRCH')) return '';
    throw error;
  }
}

async function lastWritten(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return 0;
    throw error;
  }
}
