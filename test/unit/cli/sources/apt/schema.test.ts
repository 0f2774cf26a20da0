import { describe, expect, it } from '@jest/globals';
import { aptPinSchema, aptSpecSchema } from '../../../../../cli/sources/apt/schema.js';

const spec = { suite: 'bookworm', packages: ['nginx-light'] };

const locked = {
  package: 'nginx-light',
  version: '1:1.22.1-9+deb12u4',
  architecture: 'all',
  suite: 'bookworm-security',
  path: 'pool/updates/main/n/nginx/nginx-light_1.22.1-9+deb12u4_all.deb',
  digest: `sha256:${'0'.repeat(64)}`,
  sizeBytes: 1,
};

const pin = {
  suite: 'bookworm',
  architecture: 'amd64',
  keyring: locked.digest,
  releases: [{ suite: 'bookworm', date: '2026-01-02T03:04:05.000Z', digest: locked.digest }],
  base: ['apt'],
  packages: [locked],
};

describe('Debian packages in a recipe', () => {
  it('are taken from the release, its updates and its security archive, on a minimal base', () => {
    expect(aptSpecSchema.parse(spec)).toEqual({
      ...spec,
      pockets: ['updates', 'security'],
      components: ['main'],
      architecture: 'amd64',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
      base: 'minbase',
      recommends: false,
    });
  });

  it.each(['g++', 'libstdc++6', 'libapt-pkg6.0', '0ad', 'nginx=1:1.22.1-9+deb12u4~bpo1'])(
    'may name %s',
    (name) => {
      expect(aptSpecSchema.safeParse({ ...spec, packages: [name] }).success).toBe(true);
    },
  );

  it.each([
    '-oDir=/tmp',
    '--allow-unauthenticated',
    'nginx; reboot',
    'nginx-',
    'nginx/bookworm',
    'nginx:arm64',
    './evil.deb',
    '/tmp/evil.deb',
    '../evil',
    'nginx*',
    '?essential',
    'web-server^',
    'nginx=1.*',
    'nginx=',
    'nginx=-1',
    'nginx=1=2',
    'Nginx',
    'nginx\n',
    'nginx\0',
    'nginx\tlight',
    '$(reboot)',
    'ngınx',
    '',
    'a',
    'a'.repeat(4096),
  ])('may not name %j', (name) => {
    expect(aptSpecSchema.safeParse({ ...spec, packages: [name] }).success).toBe(false);
    expect(aptSpecSchema.safeParse({ ...spec, base: [name] }).success).toBe(false);
  });

  it.each([
    ['suite', '../bookworm'],
    ['suite', 'bookworm main\nTrusted: yes'],
    ['suite', '/'],
    ['components', ['main\nTrusted: yes']],
    ['components', ['../main']],
    ['components', []],
    ['architecture', 'amd64"; Dir "/'],
    ['pockets', ['../security']],
    ['packages', []],
    ['packages', ['nginx', 'nginx=1.0']],
    ['keyring', ''],
    ['sources', ['http://example.org']],
  ])('may not have %s %j', (key, value) => {
    expect(aptSpecSchema.safeParse({ ...spec, [key]: value }).success).toBe(false);
  });
});

describe('Debian packages in a lock', () => {
  it('have a path in the archive and a digest', () => {
    expect(aptPinSchema.parse(pin)).toEqual(pin);
  });

  it.each([
    ['path', '../pool/a.deb'],
    ['path', 'pool/../a.deb'],
    ['path', 'pool//a.deb'],
    ['path', '/pool/a.deb'],
    ['path', 'dists/bookworm/Release'],
    ['path', 'pool/a.deb\nSHA256: 0'],
    ['path', 'pool/a\0.deb'],
    ['path', 'pool/.deb'],
    ['path', `pool/${'a'.repeat(4096)}.deb`],
    ['digest', `sha256:${'A'.repeat(64)}`],
    ['digest', 'sha256:../../x'],
    ['digest', `md5:${'0'.repeat(32)}`],
    ['sizeBytes', 0],
    ['sizeBytes', 1.5],
    ['version', '1.0 '],
    ['package', '../x'],
    ['suite', 'http://example.org'],
    ['url', 'http://example.org'],
  ])('may not have %s %j', (key, value) => {
    const packages = [{ ...locked, [key]: value }];
    expect(aptPinSchema.safeParse({ ...pin, packages }).success).toBe(false);
  });

  it('may not claim one path twice, not even in another case', () => {
    const second = { ...locked, package: 'other', path: locked.path.replace('nginx', 'NGINX') };
    expect(aptPinSchema.safeParse({ ...pin, packages: [locked, second] }).success).toBe(false);
    const twice = { ...locked, path: 'pool/main/b.deb' };
    expect(aptPinSchema.safeParse({ ...pin, packages: [locked, twice] }).success).toBe(false);
  });

  it.each(['Release', 'suite'])('is refused with %s of the wrong form', (key) => {
    expect(aptPinSchema.safeParse({ ...pin, [key]: '../x' }).success).toBe(false);
  });
});
