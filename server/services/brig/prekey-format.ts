/**
 * The id that a prekey bundle says it has; undefined where it is none. A bundle is a CBOR map in base64: 0 version,
 * 1 prekey id, 2 public key, 3 identity, 4 signature or null. Source: backend-api 3.5.
 */
export function prekeyIdOf(base64: string): number | undefined {
  const bytes = Buffer.from(base64, 'base64');
  // Only the head is read: a map of five, version 1 under key 0, and the id under key 1. RFC 8949 section 3.
  const isBundle = bytes[0] === 0xa5 && bytes[1] === 0x00 && bytes[2] === 0x01 && bytes[3] === 0x01;
  if (!isBundle || bytes.toString('base64').replace(/=+$/, '') !== base64.replace(/=+$/, ''))
    return undefined;
  const head = bytes[4] ?? 0xff;
  if (head < 24) return head;
  if (head === 0x18) return bytes[5];
  return head === 0x19 && bytes.length > 6 ? bytes.readUInt16BE(5) : undefined;
}
