import { describe, expect, it } from '@jest/globals';
import { assertIdentity, isIdentity } from '../../../../cli/signing/identity.js';

describe('an identity', () => {
  it.each(['a', 'alice', 'alice@example.org', 'build-machine.2', 'a'.repeat(64)])(
    'may be %p',
    (text) => {
      expect(isIdentity(text)).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    '..',
    '../x',
    '/abs',
    'a/b',
    'a\0',
    'a\n',
    '-a',
    'a.',
    'Alice',
    'a,b',
    'a*',
    'a b',
    'alic\u00e9',
    'alice.pub',
    'a'.repeat(65),
  ])('may not be %p', (text) => {
    expect(() => {
      assertIdentity(text);
    }).toThrow(expect.objectContaining({ code: 'USAGE_INVALID' }));
  });
});
