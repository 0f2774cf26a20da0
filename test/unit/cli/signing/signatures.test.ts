import { describe, expect, it } from '@jest/globals';
import {
  addSignature,
  emptySignatureArea,
  maxSignatures,
  parseSignatureArea,
  signatureAreaBytes,
} from '../../../../cli/signing/signatures.js';
import { armor, craftBlock, type BlockParts } from '../../../helpers/ssh-blocks.js';

function areaOf(text: string): Uint8Array {
  const area = new Uint8Array(signatureAreaBytes);
  area.set(Buffer.from(text, 'latin1'));
  return area;
}

const malformed = expect.objectContaining({ code: 'SIGNATURES_MALFORMED' });

describe('the area of signatures', () => {
  it('is empty at first', () => {
    expect(parseSignatureArea(emptySignatureArea())).toEqual([]);
  });

  it('gives each signature with its key and what it is for', () => {
    const area = areaOf(craftBlock({ keyByte: 1 }) + craftBlock({ keyByte: 2, namespace: 'git' }));
    const [first, second, ...more] = parseSignatureArea(area);
    expect(first?.namespace).toBe('wire-offline-bundle');
    expect(second?.namespace).toBe('git');
    expect(first?.key.base64).not.toBe(second?.key.base64);
    expect(more).toEqual([]);
  });

  it.each([
    ['one byte short', new Uint8Array(signatureAreaBytes - 1)],
    ['one byte long', new Uint8Array(signatureAreaBytes + 1)],
    ['text that is no signature', areaOf('hello\n')],
    ['a byte after the zeros began', areaOf(`${craftBlock()}\0\0x`)],
    ['a second signature after zeros', areaOf(`${craftBlock()}\0${craftBlock({ keyByte: 2 })}`)],
    ['an empty line between two', areaOf(`${craftBlock()}\n${craftBlock({ keyByte: 2 })}`)],
    ['a signature that does not end', areaOf(craftBlock().slice(0, -5))],
    ['carriage returns', areaOf(craftBlock().replaceAll('\n', '\r\n'))],
    ['lines of another length', areaOf(armor(Buffer.alloc(200, 1), 64))],
    ['armor around other bytes', areaOf(armor(Buffer.alloc(200, 1)))],
    ['armor around nothing', areaOf(armor(new Uint8Array()))],
    [
      'too many',
      areaOf(
        Array.from({ length: maxSignatures + 1 }, (_, keyByte) => craftBlock({ keyByte })).join(''),
      ),
    ],
  ])('refuses %s', (_title, area) => {
    expect(() => parseSignatureArea(area)).toThrow(malformed);
  });

  it.each<[string, BlockParts]>([
    ['another magic', { magic: 'SSHSIX' }],
    ['another version', { version: 2 }],
    ['a type of key that may not sign', { keyType: 'ssh-rsa' }],
    ['a certificate', { keyType: 'ssh-ed25519-cert-v01@openssh.com' }],
    ['something in the reserved field', { reserved: 'x' }],
    ['another hash', { hash: 'sha1' }],
    ['bytes after the signature', { after: 'x' }],
  ])('refuses a signature with %s', (_title, parts) => {
    expect(() => parseSignatureArea(areaOf(craftBlock(parts)))).toThrow(malformed);
  });
});

describe('adding a signature', () => {
  it('puts it after those that are there and leaves the given area alone', () => {
    const one = addSignature(emptySignatureArea(), craftBlock({ keyByte: 1 }));
    const before = Uint8Array.from(one);
    const two = addSignature(one, craftBlock({ keyByte: 2 }));
    expect(Buffer.from(two)).toEqual(
      Buffer.from(areaOf(craftBlock({ keyByte: 1 }) + craftBlock({ keyByte: 2 }))),
    );
    expect(one).toEqual(before);
  });

  it('refuses a second one of the same key, also for another purpose', () => {
    const one = addSignature(emptySignatureArea(), craftBlock());
    expect(() => addSignature(one, craftBlock({ namespace: 'git' }))).toThrow(
      expect.objectContaining({ code: 'KEY_HAS_SIGNED' }),
    );
  });

  it('refuses one more than there is room for', () => {
    let area = emptySignatureArea();
    for (let keyByte = 0; keyByte < maxSignatures; keyByte++)
      area = addSignature(area, craftBlock({ keyByte }));
    expect(() => addSignature(area, craftBlock({ keyByte: 99 }))).toThrow(
      expect.objectContaining({ code: 'SIGNATURES_FULL' }),
    );
  });

  it('refuses what is no signature', () => {
    expect(() => addSignature(emptySignatureArea(), 'hello')).toThrow(malformed);
    expect(() => addSignature(emptySignatureArea(), '')).toThrow(malformed);
  });
});
