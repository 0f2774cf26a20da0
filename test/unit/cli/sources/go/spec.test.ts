import { describe, expect, it } from '@jest/globals';
import { buildWords } from '../../../../../cli/sources/go/build.js';
import { commandName, escapePath } from '../../../../../cli/sources/go/names.js';
import { parseEnvFile, sumDatabaseOf } from '../../../../../cli/sources/go/settings.js';
import { commandsOf, goPinSchema, goSpecSchema } from '../../../../../cli/sources/go/spec.js';
import { goModOf, sourcesOf } from '../../../../../cli/sources/go/wrapper.js';

const etcd = {
  module: 'go.etcd.io/etcd/server/v3',
  version: 'v3.6.16',
  toolchain: 'go1.26.8',
  packages: ['go.etcd.io/etcd/etcdctl/v3'],
  mains: { etcd: { import: 'go.etcd.io/etcd/server/v3/etcdmain', call: 'Main(os.Args)' } },
  requires: { 'go.etcd.io/etcd/etcdctl/v3': 'v3.6.16' },
  replaces: { 'k8s.io/api': 'k8s.io/api@v0.36.3' },
  ldflags: ['-X main.version=v3.6.16'],
};

describe('a component of kind go', () => {
  it('becomes a module that requires, replaces and imports what it says', () => {
    const spec = goSpecSchema.parse(etcd);
    expect(goModOf(spec)).toBe(
      [
        'module wire-offline.invalid/build',
        'go 1.26.8',
        'require go.etcd.io/etcd/etcdctl/v3 v3.6.16',
        'require go.etcd.io/etcd/server/v3 v3.6.16',
        'replace k8s.io/api => k8s.io/api v0.36.3',
        '',
      ].join('\n'),
    );
    expect(sourcesOf(spec).get('tools.go')).toContain('import _ "go.etcd.io/etcd/etcdctl/v3"\n');
    expect(sourcesOf(spec).get('cmd/etcd/main.go')).toBe(
      'package main\n\nimport (\n\t"os"\n\tentry "go.etcd.io/etcd/server/v3/etcdmain"\n)\n\nfunc main() {\n\tentry.Main(os.Args)\n}\n',
    );
  });

  it('is built by one call for all its commands', () => {
    expect(buildWords(goSpecSchema.parse(etcd), '/out')).toEqual([
      ...['build', '-trimpath', '-buildvcs=false'],
      ...['-ldflags', '-s -w -buildid= -X main.version=v3.6.16', '-o', '/out/', '--'],
      ...['go.etcd.io/etcd/etcdctl/v3', 'wire-offline.invalid/build/cmd/etcd'],
    ]);
  });

  it('names packages of its module by their path in it', () => {
    const spec = { module: 'filippo.io/age', packages: ['./cmd/age', '.'], mains: {} };
    expect(commandsOf(spec).map(({ name, importPath }) => [name, importPath])).toEqual([
      ['age', 'filippo.io/age/cmd/age'],
      ['age', 'filippo.io/age'],
    ]);
  });

  it.each([
    ['no command', { packages: [], mains: {} }],
    ['two commands of one name', { packages: ['./a/tool', './b/tool'] }],
    ['a package that leaves the module', { packages: ['./../x'] }],
    ['an absolute package', { packages: ['/etc/passwd'] }],
    ['a flag for a package', { packages: ['-toolexec=x'] }],
    ['a module that leaves the cache', { module: 'example.com/../x' }],
    ['a module without a host', { module: 'fmt' }],
    ['a version that is a path', { version: 'v1.0.0/../../x' }],
    ['a branch for a version', { version: 'main' }],
    ['a replacement on this machine', { replaces: { 'k8s.io/api': '../api' } }],
    ['a linker flag that runs programs', { ldflags: ['-extld=/bin/sh'] }],
    ['a linker flag with a quote', { ldflags: ["-X main.a=b' -extld=x"] }],
    ['a command that is a path', { mains: { '../x': etcd.mains.etcd } }],
    ['a call that is more than a call', { mains: { x: { import: 'a.b/c', call: 'F(); G()' } } }],
    ['a toolchain that is a path', { toolchain: 'go1.26.8/../x' }],
    ['a tag with a comma', { tags: ['a,b'] }],
    ['an unknown field', { cgo: true }],
  ])('is refused with %s', (_, change) => {
    expect(goSpecSchema.safeParse({ ...etcd, ...change }).success).toBe(false);
  });

  it.each([
    ['a hash of another kind', { 'linux-amd64': 'h2:x', 'linux-arm64': 'h1:x' }],
    ['one hash only', { 'linux-amd64': `h1:${'A'.repeat(43)}=` }],
  ])('is not built from a lock with %s', (_, hashes) => {
    const pin = { toolchain: { release: 'go1.26.8', hashes }, goMod: 'module x', goSum: 'x' };
    expect(goPinSchema.safeParse(pin).success).toBe(false);
  });
});

describe('names of Go', () => {
  it('are escaped where case would be lost', () => {
    expect(escapePath('github.com/Azure/SDK')).toBe('github.com/!azure/!s!d!k');
  });

  it.each([
    ['example.com/tool/v2', 'tool'],
    ['example.com/tool/v1', 'v1'],
    ['example.com/cmd/tool', 'tool'],
  ])('make %s the command %s', (path, name) => {
    expect(commandName(path)).toBe(name);
  });
});

describe('settings of Go', () => {
  it('are read from its environment file', () => {
    expect([...parseEnvFile('GOPROXY=https://a,https://b\n# no\nGOFLAGS=-x=y\n')]).toEqual([
      ['GOPROXY', 'https://a,https://b'],
      ['GOFLAGS', '-x=y'],
    ]);
  });

  it('may name a checksum database of their own and where it is asked', () => {
    expect(sumDatabaseOf('sum.test+00000000+AAAA https://host/sum/')).toEqual({
      name: 'sum.test',
      key: 'sum.test+00000000+AAAA',
      setting: 'sum.test+00000000+AAAA https://host/sum/',
      url: 'https://host/sum',
    });
  });

  it('may not do without a checksum database', () => {
    expect(() => sumDatabaseOf('off')).toThrow(
      expect.objectContaining({ code: 'GO_SUM_DATABASE_OFF' }),
    );
  });
});
