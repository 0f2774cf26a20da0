/**
 * Text from outside, fit for a terminal: control characters (C0, DEL, C1) and the marks that reorder
 * or hide text show as `\u{..}`, so that no name in a file can move the cursor or pass for another.
 * Line feeds stay.
 */
export function safeText(text: string): string {
  return text.replace(/[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu, (character) =>
    character === '\n' ? character : `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}
