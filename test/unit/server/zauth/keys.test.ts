import { describe, expect, it } from '@jest/globals';
import { Secret } from '../../../../server/contract/secret.js';
import { tokenSigner, tokenVerifier } from '../../../../server/zauth/keys.js';
import type { Token } from '../../../../server/zauth/token.js';
import { zauthKeyLines } from '../../../helpers/server/keys.js';

const [old, fresh] = [zauthKeyLines(), zauthKeyLines()];
const token: Token = {
  kind: 'a',
  expiresAt: 1_800_000_000,
  tag: '',
  user: 'aaf9a833-ef30-4c22-86a0-9adc8a15b3b4',
  client: 'deadbeef',
  id: 15_037_015_562_284_012_115n,
};
const before = tokenSigner(new Secret(old.secret));
const after = tokenSigner(new Secret(`${old.secret}\n${fresh.secret}`));
const verifier = tokenVerifier(new Secret(`${old.public}\n${fresh.public}`));

describe('a token', () => {
  it('has the form that nginz and clients know', () => {
    expect(before.sign(token)).toMatch(
      /^[\w-]{86}==\.v=1\.k=1\.d=1800000000\.t=a\.l=\.u=aaf9a833-ef30-4c22-86a0-9adc8a15b3b4\.i=deadbeef\.c=15037015562284012115$/,
    );
  });

  it('is believed when signed with the old key or, after a rotation, with the new one', () => {
    expect(verifier.verify(before.sign(token))).toEqual(token);
    expect(after.sign(token)).toContain('.k=2.');
    expect(verifier.verify(after.sign(token))).toEqual(token);
  });

  it.each([
    ['another user', (text: string) => text.replace('u=aaf9', 'u=baf9')],
    ['another key', (text: string) => text.replace('k=1', 'k=2')],
    ['a later end', (text: string) => text.replace('d=18', 'd=28')],
    ['a field twice', (text: string) => `${text}.u=aaf9a833-ef30-4c22-86a0-9adc8a15b3b4`],
    ['no signature', (text: string) => text.slice(text.indexOf('.'))],
    ['nothing', () => ''],
    ['endless text', () => 'a.'.repeat(1_000_000)],
  ])('is not believed with %s', (_, forge) => {
    expect(verifier.verify(forge(before.sign(token)))).toBeUndefined();
  });
});
