import { publicKeyOf, type PublicKey } from './public-key.js';
import { SshReader, fromBase64 } from './ssh-wire.js';

/** One OpenSSH signature: what it says of itself, which only `ssh-keygen` proves. */
export interface SignatureBlock {
  /** The text from `-----BEGIN` to the line feed after `-----END`. */
  readonly armored: string;
  readonly key: PublicKey;
  readonly namespace: string;
}

const begin = '-----BEGIN SSH SIGNATURE-----\n';
const end = '-----END SSH SIGNATURE-----\n';

/** As `ssh-keygen` wraps its Base64. */
const lineLength = 70;

/**
 * Splits concatenated blocks; `undefined` where anything but whole blocks, armored exactly as `ssh-keygen`
 * writes them, is there.
 */
export function splitBlocks(text: string): string[] | undefined {
  const blocks: string[] = [];
  let rest = text;
  while (rest !== '') {
    const stop = rest.indexOf(end);
    if (!rest.startsWith(begin) || stop === -1) return undefined;
    blocks.push(rest.slice(0, stop + end.length));
    rest = rest.slice(stop + end.length);
  }
  return blocks;
}

/**
 * What one armored block holds; `undefined` where it is not an OpenSSH signature by a kind of key that may sign,
 * or is armored in another way than `ssh-keygen` would.
 *
 * Source: OpenSSH, PROTOCOL.sshsig, sections 1 and 2.
 */
export function parseBlock(armored: string): SignatureBlock | undefined {
  const bytes = fromBase64(armored.slice(begin.length, -end.length).replaceAll('\n', ''));
  if (bytes === undefined || armor(bytes) !== armored) return undefined;
  const reader = new SshReader(bytes);
  const magic = reader.raw(6);
  if (magic === undefined || Buffer.from(magic).toString('latin1') !== 'SSHSIG') return undefined;
  if (reader.uint32() !== 1) return undefined;
  const keyBytes = reader.string();
  const key = keyBytes && publicKeyOf(keyBytes);
  const namespace = reader.text();
  const reserved = reader.text();
  const hash = reader.text();
  const signature = reader.string();
  if (key === undefined || namespace === undefined || reserved !== '') return undefined;
  if (hash !== 'sha512' && hash !== 'sha256') return undefined;
  if (signature === undefined || !reader.atEnd) return undefined;
  return { armored, key, namespace };
}

function armor(bytes: Uint8Array): string {
  const base64 = Buffer.from(bytes).toString('base64');
  const lines = base64.match(new RegExp(`.{1,${String(lineLength)}}`, 'g')) ?? [];
  return `${begin}${lines.map((line) => `${line}\n`).join('')}${end}`;
}
