import { z } from 'zod';

const alphabet = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3] as const;
const prefix = 'age';

/**
 * Whom secrets are encrypted to: an X25519 recipient of the age format. Its checksum is verified, because a
 * mistyped one is a key that nobody has. Sources: age-encryption.org/v1, section X25519; BIP 173.
 */
export const recipientSchema = z
  .string()
  .refine(isRecipient, 'an age recipient, age1 and 58 more characters, as age-keygen prints it');

function isRecipient(text: string): boolean {
  if (!/^age1[02-9ac-hj-np-z]{58}$/.test(text)) return false;
  const values = Array.from(text.slice(prefix.length + 1), (character) =>
    alphabet.indexOf(character),
  );
  // The last of the 52 data values carries four bits beyond the key's 256.
  return checksum([...expandedPrefix(), ...values]) === 1 && ((values[51] ?? 1) & 15) === 0;
}

function expandedPrefix(): number[] {
  const codes = Array.from(prefix, (character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

function checksum(values: readonly number[]): number {
  return values.reduce((sum, value) => {
    const top = sum >>> 25;
    const next = ((sum & 0x1ffffff) << 5) ^ value;
    return generators.reduce(
      (bits, generator, index) => ((top >> index) & 1 ? bits ^ generator : bits),
      next,
    );
  }, 1);
}
