import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasSystemCode } from '../errors.js';
import { isAbandoned } from './owner.js';

/** A blob under way that no run can take up again begins so. */
export const unresumable = 'put-';

/** A download that nobody went on with for so long is not wanted any more. */
const unwantedAfterMs = 30 * 24 * 3600 * 1000;

/** Moves what a dead or finished process left of a download to this caller's name; of two callers one gets it. */
export async function takeOver(want: {
  readonly folder: string;
  readonly name: string;
  readonly file: string;
}): Promise<void> {
  for (const entry of await readdir(want.folder)) {
    const [name, owner = ''] = entry.split('.');
    const left = join(want.folder, entry);
    if (name !== want.name || !(owner === 'free' || (await isAbandoned(owner, left)))) continue;
    try {
      await rename(left, want.file);
      return;
    } catch (error) {
      if (!hasSystemCode(error, 'ENOENT')) throw error;
    }
  }
}

/** Removes what dead runs left and nobody will go on with. */
export async function sweep(folder: string): Promise<void> {
  for (const entry of await readdir(folder)) {
    const [name = '', owner = ''] = entry.split('.');
    const left = join(folder, entry);
    if (owner !== 'free' && !(await isAbandoned(owner, left))) continue;
    if (name.startsWith(unresumable) || (await isUnwanted(left))) await rm(left, { force: true });
  }
}

async function isUnwanted(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > unwantedAfterMs;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}
