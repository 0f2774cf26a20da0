import { createHash } from 'node:crypto';

/**
 * The id of the 1:1 conversation of two users: the same whoever asks, so that two who ask at once meet in one
 * conversation. A version 4 UUID over a digest of both ids. Source: backend-api 3.6.
 */
export function one2oneId(one: string, other: string): string {
  const digest = createHash('sha256').update([one, other].sort().join(' ')).digest();
  const bytes = digest.subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
