import { createHash } from 'node:crypto';
import { SshReader, fromBase64 } from './ssh-wire.js';

/** The kinds of key that may sign: elliptic curves, on a disk, in an agent or in a hardware key. */
export const keyTypes = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;

/** A public key as OpenSSH writes it. */
export interface PublicKey {
  readonly type: (typeof keyTypes)[number];
  /** The key's bytes in Base64: what makes two keys the same. */
  readonly base64: string;
}

/** The public key that OpenSSH's bytes hold, or nothing where they are not a key of a kind that may sign. */
export function publicKeyOf(bytes: Uint8Array): PublicKey | undefined {
  const name = new SshReader(bytes).text();
  const type = keyTypes.find((known) => known === name);
  return type && { type, base64: Buffer.from(bytes).toString('base64') };
}

/** The public key of the words `TYPE BASE64`, or nothing where they are not one or do not agree. */
export function parsePublicKey(type: string, base64: string): PublicKey | undefined {
  const bytes = fromBase64(base64);
  const key = bytes && publicKeyOf(bytes);
  return key?.type === type ? key : undefined;
}

/** What people compare keys by: `SHA256:` and the hash in Base64 without padding, as `ssh-keygen -l` prints it. */
export function fingerprintOf(key: PublicKey): string {
  const hash = createHash('sha256').update(Buffer.from(key.base64, 'base64')).digest('base64');
  return `SHA256:${hash.replace(/=+$/, '')}`;
}

/** The key as a line of a `.pub` file. */
export function publicKeyLine(key: PublicKey, comment: string): string {
  return `${key.type} ${key.base64} ${comment}\n`;
}
