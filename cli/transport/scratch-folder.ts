import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasSystemCode } from '../errors.js';
import { isAbandoned, ownOwner } from '../store/owner.js';

/** `wire-offline.<owner>.<unique>`: whose it is tells a later run whether it is still in use. */
const pattern = /^wire-offline\.(?<owner>[0-9]+-[0-9]+-[0-9]+)\.[0-9a-f-]{36}$/;

/**
 * Lends a new folder that only this user can look into, for programs that read and write files, and takes it away
 * again, whatever happened in it. What killed runs left goes with the next one that needs such a folder. It lies where
 * temporary files do, or `within` a folder whose disk what is made in it is to stay on.
 */
export async function withScratchFolder<T>(
  use: (folder: string) => Promise<T>,
  within: string = tmpdir(),
): Promise<T> {
  await sweep(within);
  const folder = join(within, `wire-offline.${await ownOwner()}.${randomUUID()}`);
  await mkdir(folder, { mode: 0o700 });
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sweep(within: string): Promise<void> {
  for (const entry of await readdir(within)) {
    const owner = pattern.exec(entry)?.groups?.['owner'];
    if (owner === undefined) continue;
    const folder = join(within, entry);
    try {
      // Others may write there too: what is not this user's own is not ours to remove.
      const isOwn = (await lstat(folder)).uid === process.geteuid?.();
      if (isOwn && (await isAbandoned(owner, folder))) await rm(folder, { recursive: true });
    } catch (error) {
      // Another run was faster, or it cannot be removed: no reason to refuse what was asked for.
      if (!hasSystemCode(error, 'ENOENT', 'EACCES', 'EPERM', 'EBUSY', 'ENOTEMPTY')) throw error;
    }
  }
}
