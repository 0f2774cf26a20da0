import { describe, expect, it } from '@jest/globals';
import { safeText } from '../../../../cli/ui/safe-text.js';

describe('text from outside', () => {
  it.each([
    ['an escape sequence', 'a\u001b[2Jb', 'a\\u{1b}[2Jb'],
    ['a carriage return that overwrites a line', 'bad\rgood', 'bad\\u{d}good'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['a mark that reorders text', 'a\u202eb', 'a\\u{202e}b'],
    ['a space of no width', 'a\u200bb', 'a\\u{200b}b'],
  ])('shows %s instead of obeying it', (_what, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('keeps its lines and its letters', () => {
    expect(safeText('Grüße\nаз 漢字 🚢')).toBe('Grüße\nаз 漢字 🚢');
  });
});
