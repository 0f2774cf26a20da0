import { describe, expect, it } from '@jest/globals';
import { chooseArchives, type AptTarget } from '../../../../../cli/sources/apt/places.js';

const debian = { codename: '', origin: 'Debian' };
const targets: readonly AptTarget[] = [
  { ...debian, release: 'trixie', url: 'http://main.example/debian/' },
  { ...debian, release: 'trixie-security', url: 'http://security.example/debian-security/' },
  { codename: '', origin: 'Somebody', release: 'stable', url: 'https://other.example/' },
  { codename: '', origin: 'Debian', release: 'trixie', url: 'file:/media/' },
];

describe('the archives of a machine', () => {
  it('are those that name the suite', () => {
    expect(chooseArchives(targets, 'trixie')).toEqual(['http://main.example/debian/']);
  });

  it('are those of the same kind for another release, because an archive of Debian has them all', () => {
    expect(chooseArchives(targets, 'bookworm')).toEqual(['http://main.example/debian/']);
    expect(chooseArchives(targets, 'bookworm-updates')).toEqual(['http://main.example/debian/']);
    expect(chooseArchives(targets, 'bookworm-security')).toEqual([
      'http://security.example/debian-security/',
    ]);
  });

  it('are found by the code name where the source names an alias', () => {
    const aliased = {
      ...debian,
      release: 'stable',
      codename: 'trixie',
      url: 'http://alias.example/',
    };
    expect(chooseArchives([aliased, ...targets], 'trixie')).toEqual([
      'http://alias.example/',
      'http://main.example/debian/',
    ]);
  });

  it('may be of an origin that apt does not know yet, never of another one', () => {
    const unknown = {
      release: 'x',
      codename: '$(CODENAME)',
      origin: '$(ORIGIN)',
      url: 'http://u/',
    };
    expect(chooseArchives([unknown], 'bookworm')).toEqual(['http://u/']);
    expect(chooseArchives(targets.slice(2), 'bookworm')).toEqual([]);
  });
});
