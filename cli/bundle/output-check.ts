import { open, rm } from 'node:fs/promises';
import { explainingWrites, refuseExisting, temporaryFor, type OutputFile } from './output-file.js';

/**
 * Refuses, before hours of work, an output that could not be written in the end: it makes the temporary file that
 * the writer will make, and takes it away again.
 *
 * @throws {WireOfflineError} OUTPUT_EXISTS, OUTPUT_NOT_WRITABLE, DISK_FULL
 */
export async function checkOutput(output: OutputFile): Promise<void> {
  const { file } = output;
  await explainingWrites(file, async () => {
    await refuseExisting(output);
    const probe = await temporaryFor(file);
    await (await open(probe, 'wx')).close();
    await rm(probe);
  });
}
