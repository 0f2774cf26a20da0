/** Parts of an OpenSSH signature as they are written; a signature of no real key, for parsers. */
export interface BlockParts {
  readonly magic?: string;
  readonly version?: number;
  readonly keyType?: string;
  /** Fills the key's bytes, so that two keys differ. */
  readonly keyByte?: number;
  readonly namespace?: string;
  readonly reserved?: string;
  readonly hash?: string;
  readonly after?: string;
}

/** An armored block of these parts. */
export function craftBlock(parts: BlockParts = {}): string {
  const bytes = Buffer.concat([
    Buffer.from(parts.magic ?? 'SSHSIG'),
    uint32(parts.version ?? 1),
    sshString(craftKey(parts)),
    sshString(parts.namespace ?? 'wire-offline-bundle'),
    sshString(parts.reserved ?? ''),
    sshString(parts.hash ?? 'sha512'),
    sshString(Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(64, 7))])),
    Buffer.from(parts.after ?? ''),
  ]);
  return armor(bytes);
}

/** The bytes of a public key. */
export function craftKey({
  keyType,
  keyByte,
}: Pick<BlockParts, 'keyType' | 'keyByte'> = {}): Buffer {
  return Buffer.concat([
    sshString(keyType ?? 'ssh-ed25519'),
    sshString(Buffer.alloc(32, keyByte ?? 1)),
  ]);
}

/** Bytes in the armor of a signature. */
export function armor(bytes: Uint8Array, lineLength = 70): string {
  const lines = Buffer.from(bytes)
    .toString('base64')
    .match(new RegExp(`.{1,${String(lineLength)}}`, 'g'));
  return `-----BEGIN SSH SIGNATURE-----\n${(lines ?? []).join('\n')}\n-----END SSH SIGNATURE-----\n`;
}

function sshString(content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
