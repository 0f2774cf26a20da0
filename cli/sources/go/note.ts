import { createHash, createPublicKey, verify } from 'node:crypto';
import { WireOfflineError } from '../../errors.js';

/** The header of a raw Ed25519 public key as X.509 has it (RFC 8410, 4). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519Algorithm = 1;

/**
 * The text of a signed note once the signature by one known key holds. Source: golang.org/x/mod/sumdb/note.
 *
 * @param key `name+hash+base64`, the key's first byte being its algorithm, Ed25519.
 * @throws {WireOfflineError} GO_SUM_DATABASE_INVALID.
 */
export function openNote(note: string, key: string): string {
  const verifier = parseKey(key);
  const end = note.lastIndexOf('\n\n');
  if (end < 0) throw invalid('a signed note', 'a text without signatures');
  const text = note.slice(0, end + 1);
  for (const line of note.slice(end + 2).split('\n')) {
    const { name, signature } =
      /^— (?<name>\S+) (?<signature>[A-Za-z0-9+/=]+)$/u.exec(line)?.groups ?? {};
    if (name !== verifier.name || signature === undefined) continue;
    const bytes = Buffer.from(signature, 'base64');
    if (!bytes.subarray(0, 4).equals(verifier.hash)) continue;
    if (verify(null, Buffer.from(text), verifier.key, bytes.subarray(4))) return text;
    throw invalid(`a signature by ${verifier.name} that holds`, 'one that does not');
  }
  throw invalid(`a signature by the known key of ${verifier.name}`, 'none');
}

function parseKey(key: string) {
  const [name = '', hash = '', ...rest] = key.split('+');
  const bytes = Buffer.from(rest.join('+'), 'base64');
  const want = createHash('sha256').update(`${name}\n`).update(bytes).digest().subarray(0, 4);
  if (bytes.length !== 33 || bytes[0] !== ed25519Algorithm || want.toString('hex') !== hash)
    throw invalid('GOSUMDB with a key of the form name+hash+Ed25519 key', JSON.stringify(key));
  const der = Buffer.concat([spkiPrefix, bytes.subarray(1)]);
  return { name, hash: want, key: createPublicKey({ key: der, format: 'der', type: 'spki' }) };
}

function invalid(expected: string, got: string): WireOfflineError {
  return new WireOfflineError('GO_SUM_DATABASE_INVALID', {
    message: `Go checksum database: expected ${expected}, got ${got}`,
    hint: 'somebody may stand between you and the database: try from another network, and look at GOPROXY and GOSUMDB',
  });
}
