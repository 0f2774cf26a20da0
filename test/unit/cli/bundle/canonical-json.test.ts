import { describe, expect, it } from '@jest/globals';
import {
  canonicalBytes,
  canonicalJson,
  isCanonical,
} from '../../../../cli/bundle/canonical-json.js';

describe('canonical JSON', () => {
  it('sorts keys by UTF-16 code units, as RFC 8785 section 3.2.3 shows', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      ö: 7,
    };
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\ud83d\ude00":5,"\ufb33":3}',
    );
  });

  it('writes no whitespace and escapes strings as RFC 8785 section 3.2.2.2 says', () => {
    const value = { b: [1, { a: null }], a: '\u0000\b\t\n\f\r"\\/é' };
    expect(canonicalJson(value)).toBe('{"a":"\\u0000\\b\\t\\n\\f\\r\\"\\\\/é","b":[1,{"a":null}]}');
  });

  it.each([
    ['a fraction', 1.5],
    ['minus zero', -0],
    ['an unsafe integer', 2 ** 53],
    ['what is not a number', NaN],
    ['undefined', { a: undefined }],
    ['a function', [() => 1]],
    ['a lone surrogate', '\ud800'],
  ])('refuses %s', (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it('refuses what is nested without end instead of exhausting the stack', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(isCanonical(Buffer.from('[]'), deep)).toBe(false);
  });

  it.each([
    ['whitespace', '{"a": 1}'],
    ['another order', '{"b":1,"a":2}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['an escape that need not be', '{"a":"\\u0041"}'],
    ['another way to write a number', '{"a":1.0}'],
    ['a line feed at the end', '{"a":1}\n'],
  ])('sees that a text with %s is not canonical', (_, text) => {
    expect(isCanonical(Buffer.from(text), JSON.parse(text))).toBe(false);
  });

  it('knows its own text again', () => {
    const value = { z: [true, 'ü', -3], a: {} };
    expect(isCanonical(canonicalBytes(value), value)).toBe(true);
  });
});
