import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { collect, lock } from '../../helpers/apt-source.js';
import { DebianArchive, type DebOptions } from '../../helpers/debian-archive.js';
import { redirectTo, serveFolder, type FolderServer } from '../../helpers/folder-server.js';

const base: readonly DebOptions[] = [
  { name: 'apt', version: '2.0', fields: { Priority: 'required', Depends: 'libbase (>= 1.0)' } },
  { name: 'libbase', version: '1.0-2' },
  { name: 'libexact', version: '3:1.0-2', fields: { Essential: 'yes' } },
];
const wanted: readonly DebOptions[] = [
  { name: 'alpha', version: '1:1.0-1', fields: { Depends: 'libalpha, libbase (>= 1.0)' } },
  { name: 'libalpha', version: '1.0+b1', fields: { Depends: 'libexact (= 3:1.0-2)' } },
  { name: 'beta', version: '1.0', fields: { Conflicts: 'alpha', Recommends: 'gamma' } },
  { name: 'gamma', version: '1.0' },
];

describe('locking Debian packages', () => {
  let folder: string;
  let archive: DebianArchive;
  let server: FolderServer;
  let spec: Readonly<Record<string, unknown>>;
  let mirrors: readonly string[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
    archive = await DebianArchive.create(folder);
    await archive.publish({ suite: 'testing', debs: [...base, ...wanted] });
    server = await serveFolder(archive.root);
    mirrors = [server.url];
    spec = { suite: 'testing', pockets: [], keyring: archive.keyring, packages: ['alpha'] };
  });

  afterEach(async () => {
    await server.close();
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('pins what apt chose by pool path and hash, and of the base only what is needed at its exact version', async () => {
    const pin = await lock({ spec, mirrors });
    expect(pin.packages.map(({ package: name, version }) => `${name} ${version}`)).toEqual([
      'alpha 1:1.0-1',
      'libalpha 1.0+b1',
      'libexact 3:1.0-2',
    ]);
    expect(pin.packages[0]?.path).toBe('pool/main/a/alpha/alpha_1.0-1_amd64.deb');
    expect(pin.base).toEqual(['apt', 'libbase', 'libexact']);
  });

  it('gives the same pin for the same state of the suite', async () => {
    expect(await lock({ spec, mirrors })).toEqual(await lock({ spec, mirrors }));
  });

  it('pins everything when the target is stated to have nothing', async () => {
    const pin = await lock({ spec: { ...spec, base: [] }, mirrors });
    expect(pin.base).toEqual([]);
    expect(pin.packages.map((locked) => locked.package)).toContain('libbase');
  });

  it('takes the newest version of all pockets, and brings recommended packages only when asked to', async () => {
    const newer = { name: 'beta', version: '1.1', fields: { Recommends: 'gamma' } };
    await archive.publish({ suite: 'testing-security', debs: [newer] });
    const withPocket = { ...spec, pockets: ['security'], packages: ['beta'] };
    const pin = await lock({ spec: withPocket, mirrors });
    expect(pin.packages).toMatchObject([{ version: '1.1', suite: 'testing-security' }]);
    const recommends = await lock({ spec: { ...withPocket, recommends: true }, mirrors });
    expect(recommends.packages.map((locked) => locked.package)).toEqual(['beta', 'gamma']);
    const older = await lock({ spec: { ...withPocket, packages: ['beta=1.0'] }, mirrors });
    expect(older.packages).toMatchObject([{ version: '1.0', suite: 'testing' }]);
  });

  it('refuses a suite that another key signed', async () => {
    const other = await DebianArchive.create(join(folder, 'other'));
    await other.close();
    await expect(
      lock({ spec: { ...spec, keyring: other.keyring }, mirrors }),
    ).rejects.toMatchObject({
      code: 'APT_SUITE_UNVERIFIED',
      message: expect.stringContaining('NO_PUBKEY'),
    });
  });

  it('refuses a signed state with one byte flipped', async () => {
    await archive.flipByte('dists/testing/InRelease', 120);
    await expect(lock({ spec, mirrors })).rejects.toMatchObject({ code: 'APT_SUITE_UNVERIFIED' });
  });

  it('refuses an unsigned state', async () => {
    await archive.write('dists/testing/InRelease', Buffer.from('Suite: testing\n'));
    await expect(lock({ spec, mirrors })).rejects.toMatchObject({ code: 'APT_SUITE_UNVERIFIED' });
  });

  it('asks for no index before the signature holds', async () => {
    await archive.flipByte('dists/testing/InRelease', 120);
    await lock({ spec, mirrors }).catch(() => undefined);
    expect(server.asked).toEqual(['/dists/testing/InRelease']);
  });

  it('refuses an index with one byte flipped', async () => {
    await archive.flipByte('dists/testing/main/binary-amd64/Packages.gz', 40);
    await expect(lock({ spec, mirrors })).rejects.toMatchObject({ code: 'SOURCE_MISMATCH' });
  });

  it('refuses the signed state of another suite under the name of this one', async () => {
    await archive.publish({ suite: 'testing', codename: 'oldtesting', debs: base });
    await expect(lock({ spec, mirrors })).rejects.toMatchObject({
      code: 'APT_SUITE_UNVERIFIED',
      message: expect.stringContaining('oldtesting'),
    });
  });

  it('refuses a state whose time is over, unless apt of this machine is told not to mind', async () => {
    const [date, validUntil] = [new Date('2020-01-01'), new Date('2020-01-08')];
    await archive.publish({ suite: 'testing', debs: [...base, ...wanted], date, validUntil });
    const strict = await aptSettings('Acquire::Check-Valid-Until "true";');
    await expect(lock({ spec, mirrors, env: strict })).rejects.toMatchObject({
      code: 'APT_SUITE_EXPIRED',
    });
    const lenient = await aptSettings('Acquire::Check-Valid-Until "false";');
    const pin = await lock({ spec, mirrors, env: lenient });
    expect(pin.releases).toMatchObject([{ date: '2020-01-01T00:00:00.000Z' }]);
  });

  it('takes the sources that apt of this machine is configured with, and nothing else of its settings', async () => {
    await mkdir(join(folder, 'sources'));
    await writeFile(
      join(folder, 'sources/own.list'),
      `deb [trusted=yes] ${server.url} testing main\n`,
    );
    const preferences = join(folder, 'preferences');
    await writeFile(preferences, 'Package: beta\nPin: version 0\nPin-Priority: 1001\n');
    const env = await aptSettings(
      `Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "${folder}/sources";
       Dir::Etc::preferences "${preferences}"; APT::Install-Recommends "true";
       APT::Default-Release "nowhere";`,
    );
    const pin = await lock({ spec: { ...spec, packages: ['beta'] }, env });
    expect(pin.packages.map((locked) => locked.package)).toEqual(['beta']);
  });

  it('says so where this machine knows no archive', async () => {
    const env = await aptSettings(
      'Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";',
    );
    await expect(lock({ spec, env })).rejects.toMatchObject({ code: 'APT_SOURCES_MISSING' });
  });

  it('goes on to the next mirror, and follows redirects', async () => {
    server.answers.set('/moved/dists/testing/InRelease', redirectTo('/dists/testing/InRelease'));
    server.answers.set(
      '/moved/dists/testing/main/binary-amd64/Packages.gz',
      redirectTo('/dists/testing/main/binary-amd64/Packages.gz'),
    );
    const pin = await lock({ spec, mirrors: [`${server.url}/absent`, `${server.url}/moved/`] });
    expect(pin).toEqual(await lock({ spec, mirrors }));
    expect(await collect({ spec, mirrors }, pin)).toBeDefined();
  });

  it('never shows a name and password that stand in the address of an archive', async () => {
    const secret = server.url.replace('//', '//user:secret@');
    const message = await lock({ spec: { ...spec, suite: 'other' }, mirrors: [secret] }).catch(
      String,
    );
    expect(message).toContain('suite other');
    expect(message).not.toContain('secret');
  });

  it('names a suite, a component and an architecture that are not there', async () => {
    await expect(lock({ spec: { ...spec, suite: 'bookwurm' }, mirrors })).rejects.toMatchObject({
      code: 'APT_SUITE_UNKNOWN',
      hint: 'did you mean bookworm?',
    });
    await expect(lock({ spec: { ...spec, components: ['mian'] }, mirrors })).rejects.toMatchObject({
      code: 'APT_COMPONENT_UNKNOWN',
    });
    await expect(lock({ spec: { ...spec, architecture: 'arm64' }, mirrors })).rejects.toMatchObject(
      {
        code: 'APT_COMPONENT_UNKNOWN',
        message: expect.stringContaining('architecture arm64'),
      },
    );
  });

  it('names all packages and versions that are not there at once, with the nearest', async () => {
    const packages = ['alhpa', 'alph.', 'beta=9.9', 'gamma'];
    await expect(lock({ spec: { ...spec, packages }, mirrors })).rejects.toMatchObject({
      code: 'APT_PACKAGE_UNKNOWN',
      problems: [
        { where: 'packages.0', expected: 'a package of testing (did you mean alpha?)' },
        { where: 'packages.1', got: 'alph.' },
        { where: 'packages.2', expected: 'one of beta=1.0' },
      ],
    });
  });

  it('keeps the last words of apt about packages that cannot be installed together', async () => {
    const packages = ['alpha', 'beta'];
    await expect(lock({ spec: { ...spec, packages }, mirrors })).rejects.toMatchObject({
      code: 'APT_UNSOLVABLE',
      message: expect.stringMatching(/packages alpha beta: expected .*Conflicts: alpha/s),
    });
  });

  it('says so where the keyring is not there', async () => {
    await expect(lock({ spec: { ...spec, keyring: '/nowhere' }, mirrors })).rejects.toMatchObject({
      code: 'APT_KEYRING_UNREADABLE',
    });
  });

  /** An environment in which apt reads these settings besides its own. */
  async function aptSettings(text: string): Promise<Readonly<Record<string, string>>> {
    const file = join(folder, 'apt.conf');
    await writeFile(file, `Dir::Etc::parts "/dev/null"; Dir::Etc::main "/dev/null"; ${text}\n`);
    return { APT_CONFIG: file };
  }
});
