import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError } from '../errors.js';
import type { Namespace } from './namespaces.js';
import { withScratchFolder } from '../transport/scratch-folder.js';
import { fingerprintOf } from './public-key.js';
import type { SignatureBlock } from './signature-block.js';
import { isGenuine, type KeygenRun } from './ssh-keygen.js';

/**
 * Refuses to add a signature beside one that is not over the same bytes: what was signed has changed since.
 *
 * @throws {WireOfflineError} SIGNATURE_INVALID
 */
export async function refuseFalse(
  options: {
    /** What holds the signatures, in words, for the error. */
    readonly subject: string;
    readonly namespace: Namespace;
    readonly message: Uint8Array;
    readonly blocks: readonly SignatureBlock[];
  } & KeygenRun,
): Promise<void> {
  const { subject, namespace, message, blocks, env, signal } = options;
  await withScratchFolder(async (folder) => {
    const signatureFile = join(folder, 'signature');
    for (const { armored, key } of blocks) {
      await writeFile(signatureFile, armored);
      if (await isGenuine({ signatureFile, namespace, message, env, signal })) continue;
      throw new WireOfflineError('SIGNATURE_INVALID', {
        message: `${subject}: expected signatures of what is there now, got one by ${fingerprintOf(key)} of something else`,
        hint: 'it was changed after that signature: find out why, then have everybody sign it anew',
      });
    }
  });
}
