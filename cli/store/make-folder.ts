import { mkdir } from 'node:fs/promises';
import { types } from 'node:util';
import { hasSystemCode } from '../errors.js';

/**
 * Makes a folder, of this user's alone unless said, and those above it, where they are not there yet; gives the
 * topmost one that it made.
 */
export async function makeFolder(folder: string, mode = 0o700): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true, mode });
  } catch (error) {
    // On a disk that can only be read Node says ENOENT here; asked for the first missing folder alone it says why.
    const first = hasSystemCode(error, 'ENOENT') ? pathOf(error) : undefined;
    if (first !== undefined) await mkdir(first, { mode });
    throw error;
  }
}

function pathOf(error: unknown): string | undefined {
  const has = types.isNativeError(error) && 'path' in error && typeof error.path === 'string';
  return has ? String(error.path) : undefined;
}
