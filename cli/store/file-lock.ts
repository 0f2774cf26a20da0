import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasSystemCode } from '../errors.js';
import { isAbandoned, ownOwner } from './owner.js';

/** What is done under a lock takes milliseconds. */
const askEveryMs = 20;

/**
 * Changes a file while no other run does: a lock file beside it names its holder, and goes with it. One that a killed
 * run left is taken away.
 *
 * @throws the signal's reason; what the file system says where no lock file can be made there
 */
export async function withFileLock<T>(
  file: string,
  signal: AbortSignal,
  change: () => Promise<T>,
): Promise<T> {
  const lock = `${file}.lock`;
  const owner = await ownOwner();
  while (!(await take(lock, owner))) {
    await clearAbandoned(lock);
    await sleep(askEveryMs, undefined, { signal });
  }
  try {
    return await change();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string, owner: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600);
    await handle.writeFile(owner);
    await handle.close();
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moved away before it is removed: of two runs that see it, only one gets to. */
async function clearAbandoned(lock: string): Promise<void> {
  const aside = `${lock}-${randomUUID()}`;
  try {
    if (!(await isAbandoned(await readFile(lock, 'utf8'), lock))) return;
    await rename(lock, aside);
    await rm(aside);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT')) throw error;
  }
}
