import { describe, expect, it } from '@jest/globals';
import { formatParagraph, parseControl } from '../../../../../cli/sources/apt/control.js';

describe('a Debian control text', () => {
  it('is read into its paragraphs, fields in order, and written the same again', () => {
    const text = 'Package: a\nDescription: short\n long\n .\n more\nSHA256:\n 00 1 x\n';
    const paragraphs = parseControl(`${text}\n\nPackage: b\n`);
    expect(paragraphs).toHaveLength(2);
    expect([...(paragraphs?.[0]?.keys() ?? [])]).toEqual(['Package', 'Description', 'SHA256']);
    expect(formatParagraph(paragraphs?.[0] ?? [])).toBe(text);
  });

  it.each([
    ['a field that is there twice', 'Package: a\nPackage: b\n'],
    ['a line that is no field', 'Package: a\nnothing\n'],
    ['a continuation of nothing', ' x\nPackage: a\n'],
  ])('is refused with %s', (_what, text) => {
    expect(parseControl(text)).toBeUndefined();
  });

  it('may be empty', () => {
    expect(parseControl('')).toEqual([]);
  });
});
