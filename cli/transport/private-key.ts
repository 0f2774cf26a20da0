import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { SshReader } from '../signing/ssh-wire.js';

/** A private key's file as it lies there. */
export interface PrivateKeyFile {
  readonly file: string;
  readonly text: string;
  /** Whether it needs a passphrase. */
  readonly encrypted: boolean;
}

/** The largest RSA key in any of its formats is well below this. */
const maxKeyBytes = 64 * 1024;

/**
 * Reads a private key for SSH, or gives nothing where there is no such file.
 *
 * @throws {WireOfflineError} SSH_KEY_INVALID, SSH_KEY_TOO_READABLE
 */
export async function readPrivateKey(file: string): Promise<PrivateKeyFile | undefined> {
  try {
    // A pipe that nobody writes to must not be waited for.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) throw invalidKey(file, 'something that is not a regular file');
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(maxKeyBytes) });
      const text = buffer.toString('latin1', 0, bytesRead);
      if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
        throw invalidKey(file, 'something else');
      if ((stats.mode & 0o077) !== 0) throw tooReadable(file, stats.mode);
      return { file, text, encrypted: isEncrypted(text) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** The error for a file that is no private key that can be used. */
export function invalidKey(file: string, got: string): WireOfflineError {
  return new WireOfflineError('SSH_KEY_INVALID', {
    message: `SSH key ${file}: expected a private key, got ${got}`,
    hint: file.endsWith('.pub')
      ? `try: --ssh-key ${file.slice(0, -'.pub'.length)}`
      : 'make one: ssh-keygen -t ed25519',
  });
}

const openSshBegin = '-----BEGIN OPENSSH PRIVATE KEY-----';

/** Sources: OpenSSH, PROTOCOL.key, section 1; RFC 1421, section 4.6.1.1; RFC 5958. */
function isEncrypted(text: string): boolean {
  if (!text.startsWith(openSshBegin))
    return /^Proc-Type: 4,ENCRYPTED$/m.test(text) || text.includes('BEGIN ENCRYPTED PRIVATE KEY');
  const [body = ''] = text.slice(openSshBegin.length).split('-----');
  const reader = new SshReader(Buffer.from(body, 'base64'));
  reader.raw('openssh-key-v1\0'.length);
  return reader.text() !== 'none';
}

function tooReadable(file: string, mode: number): WireOfflineError {
  return new WireOfflineError('SSH_KEY_TOO_READABLE', {
    message: `SSH key ${file}: expected that only its owner can read it (0600), got ${(mode & 0o777).toString(8).padStart(4, '0')}`,
    hint: `chmod 600 ${file}, and think about who may have read it`,
  });
}
