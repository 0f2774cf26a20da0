import { describe, expect, it } from '@jest/globals';
import { digestOf, hexOf } from '../../../../../cli/digest.js';
import { dirHash } from '../../../../../cli/sources/go/dirhash.js';

const file = (path: string, text: string) => ({ path, hex: hexOf(digestOf(text)) });

describe('the directory hash of Go', () => {
  it('is the one that the checksum database publishes for a known go.mod', () => {
    expect(dirHash([file('go.mod', 'module golang.org/toolchain\n')])).toBe(
      'h1:8wlg68NqwW7eMnI1aABk/C2pDYXj8mrMY4TyRfiLeS0=',
    );
  });

  it('does not hang on the order in which files come', () => {
    const files = [file('a/b', 'one'), file('a-b', 'two'), file('ä', 'three')];
    expect(dirHash(files)).toBe(dirHash([...files].reverse()));
  });

  it('tells names and contents apart', () => {
    const hashes = [
      dirHash([file('a', 'x'), file('b', 'y')]),
      dirHash([file('a', 'y'), file('b', 'x')]),
      dirHash([file('a', 'x')]),
    ];
    expect(new Set(hashes).size).toBe(3);
  });
});
