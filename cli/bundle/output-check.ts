import { lstat, open, rm } from 'node:fs/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { explainingWrites, refuseExisting, temporaryFor, type OutputFile } from './output-file.js';

/**
 * Refuses, before hours of work, an output that could not be written in the end: it makes the temporary file that
 * the writer will make, and takes it away again.
 *
 * @throws {WireOfflineError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, OUTPUT_DISK_FULL
 */
export async function checkOutput(output: OutputFile): Promise<void> {
  const { file } = output;
  await explainingWrites(file, async () => {
    await refuseExisting(output);
    if (await isFolder(file)) {
      throw new WireOfflineError('OUTPUT_NOT_WRITABLE', {
        message: `output ${file}: expected a file or nothing there, got a folder`,
        hint: 'name a file in it',
      });
    }
    const probe = temporaryFor(file);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  });
}

async function isFolder(file: string): Promise<boolean> {
  try {
    return (await lstat(file)).isDirectory();
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}
