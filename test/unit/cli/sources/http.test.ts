import { describe, expect, it } from '@jest/globals';
import { httpSource } from '../../../../cli/sources/http.js';

const sha256 = 'a'.repeat(64);
const url = 'https://files.example/tool-1.0.tar.gz';

function isSpec(spec: unknown): boolean {
  return httpSource.specSchema.safeParse(spec).success;
}

/** Every problem of a component, `field: what was expected`. */
function problemsOf(spec: unknown): readonly string[] {
  const issues = httpSource.specSchema.safeParse(spec).error?.issues ?? [];
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('an http component', () => {
  it('needs an address and a hash', () => {
    expect(isSpec({ url, sha256 })).toBe(true);
    expect(isSpec({ url })).toBe(false);
    expect(isSpec({ sha256 })).toBe(false);
  });

  it.each(['ftp://files.example/x', 'file:///etc/passwd', 'javascript:1', '//files.example/x', ''])(
    'is refused with the address %p',
    (bad) => {
      expect(isSpec({ url: bad, sha256, filename: 'x' })).toBe(false);
    },
  );

  it.each([
    ...['foo', '', 'http://', 'http://h:99999/x', 'http://[::1', 'ftp://files.example/x'],
    'file:///x',
  ])('is told once what an address is where it has %p', (bad) => {
    expect(problemsOf({ url: bad, sha256 })).toEqual(['url: an https or http URL']);
  });

  it.each(['1\n', '1 0', '', '\u001b[2J', '1\u202e', 'x'.repeat(257)])(
    'is refused with the version %p, which no bundle can have',
    (version) => {
      expect(problemsOf({ url, sha256, version })).toEqual([
        'version: 1 to 256 printable ASCII characters without spaces',
      ]);
    },
  );

  it('is told once of a bad file name', () => {
    expect(problemsOf({ url, sha256, filename: '-x' })).toHaveLength(1);
  });

  it('is refused with credentials in its address', () => {
    expect(isSpec({ url: 'https://me:secret@files.example/x', sha256 })).toBe(false);
  });

  it.each([
    ...['../x', '/abs', 'a/b', 'a\\b', '.', '..', '.hidden', '', 'a\0b', 'a\n', '-rf', 'a.'],
    'x'.repeat(4096),
    'ü',
  ])('is refused with the file name %p', (filename) => {
    expect(isSpec({ url, sha256, filename })).toBe(false);
  });

  it('is refused where its address gives no file name and none is given', () => {
    expect(isSpec({ url: 'https://files.example/', sha256 })).toBe(false);
    expect(isSpec({ url: 'https://files.example/a%2Fb', sha256 })).toBe(false);
    expect(isSpec({ url: 'https://files.example/', sha256, filename: 'x' })).toBe(true);
  });

  it.each(['A'.repeat(64), 'a'.repeat(63), `sha256:${sha256}`, '../x'])(
    'is refused with the hash %p',
    (bad) => {
      expect(isSpec({ url, sha256: bad })).toBe(false);
    },
  );

  it('is refused with a field it does not know', () => {
    expect(isSpec({ url, sha256, sha1: 'x' })).toBe(false);
  });
});
