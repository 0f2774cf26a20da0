import { z } from 'zod';
import { SshReader, fromBase64 } from '../signing/ssh-wire.js';

/** The kinds of host key that are pinned, the preferred one first: every sshd of the hosts' Debian has the first. */
export const hostKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
] as const;

export type HostKeyType = (typeof hostKeyTypes)[number];

/** A host's public key; `base64` is the key as it goes over the wire, type and all. */
export interface HostKey {
  readonly type: HostKeyType;
  readonly base64: string;
}

/** The words `TYPE BASE64`, with or without a comment after them, as a host key. */
export const hostKeySchema = z
  .string()
  .max(1024)
  .transform((text, context): HostKey => {
    const [type = '', base64 = ''] = text.split(' ');
    const bytes = fromBase64(base64);
    const key = bytes && hostKeyOf(bytes);
    if (key?.type === type && !/[\r\n]/.test(text)) return key;
    const message = `a host key as ssh-keyscan prints it, TYPE BASE64, of type ${hostKeyTypes.join(', ')}`;
    context.issues.push({ code: 'custom', message, input: text });
    return z.NEVER;
  });

/**
 * The host key that these bytes are, or nothing where they are another kind of key or none.
 * Sources: RFC 8709, section 4; RFC 5656, section 3.1.
 */
export function hostKeyOf(bytes: Uint8Array): HostKey | undefined {
  const reader = new SshReader(bytes);
  const name = reader.text();
  const type = hostKeyTypes.find((known) => known === name);
  if (type === undefined || !isWhole(type, reader)) return undefined;
  return { type, base64: Buffer.from(bytes).toString('base64') };
}

/** The key as it stands in an island file. */
export function hostKeyText({ type, base64 }: HostKey): string {
  return `${type} ${base64}`;
}

function isWhole(type: HostKeyType, reader: SshReader): boolean {
  if (type !== 'ssh-ed25519' && reader.text() !== type.slice('ecdsa-sha2-'.length)) return false;
  return reader.string()?.byteLength === pointSizes[type] && reader.atEnd;
}

/** Bytes of the public point; of the NIST curves it is uncompressed. */
const pointSizes: Readonly<Record<HostKeyType, number>> = {
  'ssh-ed25519': 32,
  'ecdsa-sha2-nistp256': 65,
  'ecdsa-sha2-nistp384': 97,
  'ecdsa-sha2-nistp521': 133,
};
