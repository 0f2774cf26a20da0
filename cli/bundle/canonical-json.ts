/** A document of ours is five levels deep; a text made to exhaust the stack is thousands. */
const maxDepth = 32;

/**
 * The one text of a value: RFC 8785 (JSON Canonicalization Scheme), numbers limited to safe integers.
 *
 * @throws {TypeError} for what has no canonical text: a fraction, `undefined`, a lone surrogate, more than 32 levels.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > maxDepth) throw new TypeError(`canonical JSON: more than ${String(maxDepth)} levels`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return integer(value);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value))
    return `[${value.map((item: unknown) => canonicalJson(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new TypeError(`canonical JSON: ${typeof value}`);
  const members = Object.entries(value)
    // RFC 8785 3.2.3: by UTF-16 code units, which is how JavaScript compares strings.
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${text(key)}:${canonicalJson(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

/** The canonical text in UTF-8. */
export function canonicalBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(value));
}

/** Whether bytes are what `canonicalBytes` writes for the value that was parsed from them. */
export function isCanonical(bytes: Uint8Array, value: unknown): boolean {
  try {
    return Buffer.compare(bytes, canonicalBytes(value)) === 0;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function integer(value: number): string {
  if (!Number.isSafeInteger(value) || Object.is(value, -0))
    throw new TypeError(`canonical JSON: expected a safe integer, got ${String(value)}`);
  return String(value);
}

function text(value: string): string {
  // RFC 8785 3.2.2.2: a lone surrogate is an error.
  if (/\p{Cs}/u.test(value)) throw new TypeError('canonical JSON: lone surrogate in a string');
  return JSON.stringify(value);
}
