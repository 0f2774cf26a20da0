import { describe, expect, it } from '@jest/globals';
import { pinChanges } from '../../../../cli/recipe/pin-changes.js';

const deb = (name: string, version: string, digest = `sha256:${version}`) => ({
  package: name,
  version,
  digest,
});

describe('what moved between two pins', () => {
  it('is told item by item, from version to version', () => {
    const before = { suite: 'bookworm', packages: [deb('nginx', '1.22'), deb('curl', '7.88')] };
    const after = { suite: 'bookworm', packages: [deb('nginx', '1.23'), deb('curl', '7.88')] };
    expect(pinChanges('debian', before, after)).toEqual([
      { item: 'nginx', from: '1.22', to: '1.23' },
    ]);
  });

  it('tells what came and what went', () => {
    expect(
      pinChanges('debian', { packages: [deb('a', '1')] }, { packages: [deb('b', '2')] }),
    ).toEqual([
      { item: 'a', from: '1', to: undefined },
      { item: 'b', from: undefined, to: '2' },
    ]);
  });

  it('tells a digest where the version stayed', () => {
    const [change] = pinChanges('x', deb('a', '1', 'sha256:aaaaaaaaaaaaaaaa'), {
      ...deb('a', '1', 'sha256:bbbbbbbbbbbbbbbb'),
    });
    expect(change).toEqual({ item: 'a', from: 'sha256:aaaaaaaaaaaa', to: 'sha256:bbbbbbbbbbbb' });
  });

  it('never misses a difference, wherever it stands', () => {
    expect(pinChanges('x', { flags: ['-s'] }, { flags: ['-w'] })).toEqual([
      { item: 'x', from: 'other content', to: 'other content' },
    ]);
    expect(pinChanges('x', { a: { b: 1 } }, { a: { b: 1 } })).toEqual([]);
  });

  it('starts from nothing for a component that is new', () => {
    expect(pinChanges('x', undefined, { version: '1' })).toEqual([
      { item: 'x', from: undefined, to: '1' },
    ]);
  });
});
