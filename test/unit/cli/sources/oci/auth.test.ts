import { expect, it } from '@jest/globals';
import { parseChallenge } from '../../../../../cli/sources/oci/auth.js';

it('reads a challenge with its parameters, quoted or not', () => {
  const header = 'Bearer realm="https://auth.example/t",service="a, \\"b\\"",error=invalid_token';
  expect(parseChallenge(header)).toStrictEqual({
    scheme: 'bearer',
    parameters: { realm: 'https://auth.example/t', service: 'a, "b"', error: 'invalid_token' },
  });
});

it('takes the scheme it knows among those that are offered', () => {
  expect(parseChallenge('Negotiate, Basic realm="x"')?.scheme).toBe('basic');
});

it('knows no other scheme', () => {
  expect(parseChallenge('Digest realm="x"')).toBeUndefined();
  expect(parseChallenge('')).toBeUndefined();
});
