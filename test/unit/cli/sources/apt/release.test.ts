import { describe, expect, it } from '@jest/globals';
import { parseInRelease } from '../../../../../cli/sources/apt/release.js';

const hex = 'a'.repeat(64);

const body = `Origin: Debian
Suite: oldstable
Codename: bookworm
Date: Sat, 11 Jul 2026 10:16:37 UTC
Acquire-By-Hash: yes
Architectures: all amd64
No-Support-for-Architecture-all: Packages
Components: main updates/contrib
MD5Sum:
 d41d8cd98f00b204e9800998ecf8427e 0 main/binary-amd64/Packages
SHA256:
 ${hex}     1234 main/binary-amd64/Packages.xz`;

function signed(text: string): string {
  return `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${text}\n-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n`;
}

describe('the signed state of a suite', () => {
  it('says what it is of and which indexes it has', () => {
    expect(parseInRelease(signed(body))).toEqual({
      suite: 'oldstable',
      codename: 'bookworm',
      date: new Date('2026-07-11T10:16:37Z'),
      components: ['main', 'contrib'],
      architectures: ['all', 'amd64'],
      separateAll: false,
      byHash: true,
      indexes: new Map([
        ['main/binary-amd64/Packages.xz', { digest: `sha256:${hex}`, sizeBytes: 1234 }],
      ]),
    });
  });

  it('may have an index of packages for all architectures', () => {
    const text = body.replace(/No-Support.*\n/, '');
    expect(parseInRelease(signed(text))).toMatchObject({ separateAll: true });
  });

  it.each([
    ['no signature', body],
    ['something before it', `X: y\n${signed(body)}`],
    ['no date', signed(body.replace(/Date: .*\n/, ''))],
    ['a hash of another length', signed(body.replace(hex, 'aa'))],
    ['a size that is no number', signed(body.replace('1234', '-1'))],
    ['a second paragraph', signed(`${body}\n\nOrigin: other`)],
    ['a field twice', signed(`${body}\nSuite: other`)],
    ['nothing in it', signed('')],
  ])('is refused with %s', (_what, text) => {
    expect(parseInRelease(text)).toBeUndefined();
  });
});
