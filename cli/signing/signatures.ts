import { WireOfflineError } from '../errors.js';
import { fingerprintOf } from './public-key.js';
import { parseBlock, splitBlocks, type SignatureBlock } from './signature-block.js';

/** The size of `bundle.sigs`, always: signatures are added in place and nothing after them moves. */
export const signatureAreaBytes = 64 * 1024;

/** More people never sign one thing; each signature costs the reader a few runs of `ssh-keygen`. */
export const maxSignatures = 32;

/** An area that nobody has signed yet. */
export function emptySignatureArea(): Uint8Array {
  return new Uint8Array(signatureAreaBytes);
}

/**
 * The signatures of a `bundle.sigs`: armored blocks one after the other, then zeros to the end.
 *
 * @throws {WireOfflineError} SIGNATURES_MALFORMED where there is anything else, or too many.
 */
export function parseSignatureArea(area: Uint8Array): SignatureBlock[] {
  if (area.byteLength !== signatureAreaBytes)
    throw malformed(`${String(signatureAreaBytes)} bytes`, `${String(area.byteLength)} bytes`);
  const zero = area.indexOf(0);
  const textBytes = zero === -1 ? area : area.subarray(0, zero);
  if (area.subarray(textBytes.byteLength).some((byte) => byte !== 0))
    throw malformed('zeros after the last signature', 'other bytes');
  return parseSignatures(textBytes);
}

/**
 * The signatures of a file that holds armored blocks and nothing else.
 *
 * @throws {WireOfflineError} SIGNATURES_MALFORMED
 */
export function parseSignatures(textBytes: Uint8Array): SignatureBlock[] {
  if (textBytes.byteLength > signatureAreaBytes)
    throw malformed(`at most ${String(signatureAreaBytes)} bytes`, 'more');
  const blocks = splitBlocks(Buffer.from(textBytes).toString('latin1'));
  if (blocks === undefined) throw malformed('armored OpenSSH signatures and nothing else', 'more');
  if (blocks.length > maxSignatures)
    throw malformed(`at most ${String(maxSignatures)} signatures`, String(blocks.length));
  return blocks.map((armored, index) => {
    const block = parseBlock(armored);
    if (block === undefined)
      throw malformed(`signature ${String(index + 1)} to be an OpenSSH signature`, 'other bytes');
    return block;
  });
}

/**
 * The area with one more signature at its end; the area given stays as it is.
 *
 * @throws {WireOfflineError} SIGNATURES_MALFORMED where the area or the block is not what it should be,
 * KEY_HAS_SIGNED where the same key's signature is there, SIGNATURES_FULL.
 */
export function addSignature(area: Uint8Array, armored: string): Uint8Array {
  const blocks = parseSignatureArea(area);
  const text = signaturesText(blocks, armored);
  const grown = emptySignatureArea();
  grown.set(Buffer.from(text, 'latin1'));
  return grown;
}

/**
 * The text of some signatures and one more.
 *
 * @throws {WireOfflineError} SIGNATURES_MALFORMED, KEY_HAS_SIGNED, SIGNATURES_FULL
 */
export function signaturesText(blocks: readonly SignatureBlock[], armored: string): string {
  const [added] = parseSignatures(Buffer.from(armored, 'latin1'));
  if (added === undefined) throw malformed('one signature', 'none');
  refuseSecond(blocks, added);
  const text = [...blocks, added].map((block) => block.armored).join('');
  if (blocks.length === maxSignatures || text.length > signatureAreaBytes)
    throw new WireOfflineError('SIGNATURES_FULL', {
      message: `signatures: expected room for one more, got ${String(blocks.length)} of at most ${String(maxSignatures)}`,
      hint: 'make the bundle again and sign it with fewer keys',
    });
  return text;
}

/**
 * Refuses a key that has signed already.
 *
 * @throws {WireOfflineError} KEY_HAS_SIGNED
 */
export function refuseSecond(
  blocks: readonly SignatureBlock[],
  { key }: Pick<SignatureBlock, 'key'>,
): void {
  if (!blocks.some((block) => block.key.base64 === key.base64)) return;
  throw new WireOfflineError('KEY_HAS_SIGNED', {
    message: `signatures: expected none by ${fingerprintOf(key)}, got one`,
    hint: 'sign with another key: one key counts once',
  });
}

function malformed(expected: string, got: string): WireOfflineError {
  return new WireOfflineError('SIGNATURES_MALFORMED', {
    message: `signatures: expected ${expected}, got ${got}`,
    hint: 'fetch the file again from where it was made; do not use this one',
  });
}
