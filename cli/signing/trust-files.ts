import { open, readdir } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode, type Problem } from '../errors.js';
import { isIdentity } from './identity.js';

/** The files of a trust folder by name, as they were read once. */
export type TrustFiles = ReadonlyMap<string, Uint8Array>;

/** The file that the signers of the folder before this one sign it in. */
export const trustSignaturesName = 'trust.sigs';

const fixedNames = ['allowed_signers', 'policy.yaml', 'revoked.krl', trustSignaturesName];

const maxFiles = 300;

const maxFileBytes = 1024 * 1024;

/** The armor of OpenSSH's, OpenSSL's and PGP's private keys, and PuTTY's first words. */
const privateKey = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|^PuTTY-User-Key-File-/;

/**
 * Reads the files of a trust folder, each once, and says nothing yet of what they hold.
 *
 * @throws {WireOfflineError} TRUST_MISSING; TRUST_HOLDS_PRIVATE_KEY; TRUST_INVALID where anything but the files of
 * a trust folder lies there: another name, a folder, a link, more or larger files than any trust folder has.
 */
export async function readTrustFiles(folder: string): Promise<TrustFiles> {
  const names = await listNames(folder);
  if (names.length > maxFiles)
    throw invalidTrust(folder, [
      { where: folder, expected: `at most ${String(maxFiles)} files`, got: String(names.length) },
    ]);
  const files = new Map<string, Uint8Array>();
  const problems: Problem[] = [];
  for (const name of names) {
    const read = await readPlainFile(join(folder, name));
    if (!(read instanceof Uint8Array)) {
      problems.push(read);
      continue;
    }
    refusePrivateKey(join(folder, name), read);
    if (!isTrustFileName(name))
      problems.push({
        where: join(folder, name),
        expected: `NAME.pub, ${fixedNames.join(', ')} and nothing else`,
        got: 'another name',
      });
    files.set(name, read);
  }
  if (problems.length > 0) throw invalidTrust(folder, problems);
  return files;
}

/** A trust folder that is not one, with all that is wrong with it. */
export function invalidTrust(folder: string, problems: readonly Problem[]): WireOfflineError {
  return new WireOfflineError('TRUST_INVALID', {
    message: `${folder} is not a valid trust folder`,
    hint: 'what belongs there: wire-offline docs trust',
    problems,
  });
}

function isTrustFileName(name: string): boolean {
  if (fixedNames.includes(name)) return true;
  return name.endsWith('.pub') && isIdentity(name.slice(0, -'.pub'.length));
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (cause) {
    if (!hasSystemCode(cause, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG')) throw cause;
    throw new WireOfflineError('TRUST_MISSING', {
      message: `trust folder ${folder}: expected a folder that can be read, found none`,
      hint: 'give --trust DIR, the folder that says whose signatures count: wire-offline docs trust',
      cause,
    });
  }
}

/** A regular file's bytes; a link is not followed, a pipe is not waited for. */
async function readPlainFile(file: string): Promise<Uint8Array | Problem> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  let handle;
  try {
    handle = await open(file, flags);
  } catch (cause) {
    if (hasSystemCode(cause, 'ELOOP', 'ENXIO', 'EACCES'))
      return { where: file, expected: 'a file that can be read', got: 'a link, or no permission' };
    throw cause;
  }
  try {
    if (!(await handle.stat()).isFile())
      return { where: file, expected: 'a regular file', got: 'something else' };
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(maxFileBytes + 1) });
    if (bytesRead > maxFileBytes)
      return { where: file, expected: `at most ${String(maxFileBytes)} bytes`, got: 'more' };
    return new Uint8Array(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function refusePrivateKey(file: string, bytes: Uint8Array): void {
  if (!privateKey.test(Buffer.from(bytes).toString('latin1'))) return;
  throw new WireOfflineError('TRUST_HOLDS_PRIVATE_KEY', {
    message: `${file}: expected no private key in a trust folder, found one`,
    hint: 'move it out, and revoke it if the folder was handed to anybody',
  });
}
