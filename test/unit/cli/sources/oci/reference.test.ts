import { describe, expect, it } from '@jest/globals';
import { ociSource } from '../../../../../cli/sources/oci/oci.js';
import { parseReference } from '../../../../../cli/sources/oci/reference.js';

const hex = 'a'.repeat(64);

describe('a reference to an image', () => {
  it('is read into its parts', () => {
    expect(parseReference(`registry.example:5000/group/my_app:1.2@sha256:${hex}`)).toStrictEqual({
      registry: 'registry.example:5000',
      repository: 'group/my_app',
      tag: '1.2',
      digest: `sha256:${hex}`,
    });
    expect(parseReference('localhost/app:x')?.registry).toBe('localhost');
    expect(parseReference('[::1]:5000/app:x')?.registry).toBe('[::1]:5000');
  });

  it.each([
    ['a short name', 'nginx:1'],
    ['a name without its registry', 'library/nginx:1'],
    ['neither tag nor digest', 'registry.example/app'],
    ['two tags', 'registry.example/app:1:2'],
    ['two digests', `registry.example/app@sha256:${hex}@sha256:${hex}`],
    ['upper case in the repository', 'registry.example/App:1'],
    ['upper case in the registry', 'Registry.example/app:1'],
    ['a way up', 'registry.example/../app:1'],
    ['a way up in the tag', 'registry.example/app:../x'],
    ['an empty part', 'registry.example//app:1'],
    ['a scheme', 'https://registry.example/app:1'],
    ['credentials', 'user:pass@registry.example/app:1'],
    ['a query', 'registry.example/app:1?x=y'],
    ['a digest of another algorithm', `registry.example/app@sha512:${hex}${hex}`],
    ['a digest in upper case', `registry.example/app@sha256:${'A'.repeat(64)}`],
    ['a digest that is a path', 'registry.example/app@sha256:../../x'],
    ['a digest of the wrong length', `registry.example/app@sha256:${hex}a`],
    ['a NUL', 'registry.example/app:1\0'],
    ['a line break at the end', 'registry.example/app:1\n'],
    ['4 KiB of name', `registry.example/${'a'.repeat(4096)}:1`],
    ['a tag that is too long', `registry.example/app:${'a'.repeat(129)}`],
    ['a port that none can have', 'registry.example:99999/app:1'],
    ['port 0', 'registry.example:0/app:1'],
    ['an address that is none', '1.2.3.999/app:1'],
    ['an IPv6 address that is none', '[:::]:5000/app:1'],
    ['nothing', ''],
  ])('with %s is none', (_what, text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe('a component of kind oci', () => {
  it('is told once of a port that no registry can have', () => {
    const { error } = ociSource.specSchema.safeParse({ image: 'h:99999/a/b:1' });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual(['image']);
  });
});
