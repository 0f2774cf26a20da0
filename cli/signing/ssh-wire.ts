/**
 * Reads the strings and numbers that OpenSSH writes, in order and never past the end.
 * Source: RFC 4251, section 5.
 */
export class SshReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether nothing is left. */
  get atEnd(): boolean {
    return this.#at === this.#bytes.byteLength;
  }

  /** The next bytes as they are, or nothing where fewer are left. */
  raw(sizeBytes: number): Uint8Array | undefined {
    const end = this.#at + sizeBytes;
    if (end > this.#bytes.byteLength) return undefined;
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** The next 32-bit number, most significant byte first. */
  uint32(): number | undefined {
    const taken = this.raw(4);
    if (taken === undefined) return undefined;
    return new DataView(taken.buffer, taken.byteOffset, 4).getUint32(0);
  }

  /** The next string's bytes: its length, then as many bytes. */
  string(): Uint8Array | undefined {
    const sizeBytes = this.uint32();
    return sizeBytes === undefined ? undefined : this.raw(sizeBytes);
  }

  /** The next string as Latin-1 text, which every byte has a character in. */
  text(): string | undefined {
    const taken = this.string();
    return taken === undefined ? undefined : Buffer.from(taken).toString('latin1');
  }
}

/** The bytes of canonical Base64 (RFC 4648, section 4, padded), or nothing where the text is not that. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}
