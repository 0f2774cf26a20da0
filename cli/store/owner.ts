import { readFile, readlink, stat } from 'node:fs/promises';
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
