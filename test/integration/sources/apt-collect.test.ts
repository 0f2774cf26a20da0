import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { hexOf } from '../../../cli/digest.js';
import type { AptPin } from '../../../cli/sources/apt/schema.js';
import { collect, lock } from '../../helpers/apt-source.js';
import { DebianArchive, type DebOptions } from '../../helpers/debian-archive.js';
import { redirectTo, serveFolder, type FolderServer } from '../../helpers/folder-server.js';

const alpha: DebOptions = { name: 'alpha', version: '1.0-1', fields: { Depends: 'libalpha' } };
const libalpha: DebOptions = { name: 'libalpha', version: '1.0+b1' };

describe('collecting Debian packages', () => {
  let folder: string;
  let archive: DebianArchive;
  let server: FolderServer;
  let spec: Readonly<Record<string, unknown>>;
  let pin: AptPin;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
    archive = await DebianArchive.create(folder);
    const date = new Date('2026-01-02T03:04:05Z');
    await archive.publish({ suite: 'testing', debs: [alpha, libalpha], date });
    server = await serveFolder(archive.root);
    spec = {
      ...{ suite: 'testing', pockets: [], keyring: archive.keyring },
      ...{ packages: ['alpha'], base: [] },
    };
    pin = await lock({ spec, mirrors: [server.url] });
  });

  afterEach(async () => {
    await server.close();
    await archive.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('gives the packages by their place in the archive and an index of them', async () => {
    const collected = await collect({ spec, mirrors: [server.url] }, pin);
    expect(collected.items.map((item) => (item.kind === 'image' ? '' : item.path))).toEqual([
      'pool/main/a/alpha/alpha_1.0-1_amd64.deb',
      'pool/main/l/libalpha/libalpha_1.0+b1_amd64.deb',
      'dists/testing/main/binary-amd64/Packages',
      'dists/testing/Release',
    ]);
    expect(collected).toMatchObject({ version: '1.0-1', suite: 'testing' });
    expect(collected.proof.detail).toContain('testing of 2026-01-02T03:04:05.000Z');
  });

  it('asks the archive for nothing but the packages', async () => {
    const before = server.asked.length;
    await collect({ spec, mirrors: [server.url] }, pin);
    expect([...server.asked.slice(before)].sort()).toEqual([
      '/pool/main/a/alpha/alpha_1.0-1_amd64.deb',
      '/pool/main/l/libalpha/libalpha_1.0+b1_amd64.deb',
    ]);
  });

  it('makes an index of the control files, with the date that the archive signed', async () => {
    const cache = join(folder, 'cache');
    const collected = await collect({ spec, mirrors: [server.url], cache }, pin);
    const texts = await Promise.all(
      collected.items.flatMap((item) =>
        item.kind === 'file'
          ? [readFile(join(cache, 'blobs/sha256', hexOf(item.blob.digest)), 'utf8')]
          : [],
      ),
    );
    expect(texts[0]).toBe(
      pin.packages
        .map(
          ({ package: name, version, path, sizeBytes, digest }) =>
            `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nMaintainer: Test <test@example.org>\n` +
            `${name === 'alpha' ? 'Depends: libalpha\n' : ''}Description: a package of a test\n with a second line\n` +
            `Filename: ${path}\nSize: ${String(sizeBytes)}\nSHA256: ${hexOf(digest)}\n`,
        )
        .join('\n'),
    );
    expect(texts[1]).toContain('Date: Fri, 02 Jan 2026 03:04:05 UTC\n');
    expect(texts[1]).toMatch(/\nSHA256:\n [0-9a-f]{64} \d+ main\/binary-amd64\/Packages\n$/);
  });

  it('gives the same from an empty cache again', async () => {
    const once = await collect({ spec, mirrors: [server.url] }, pin);
    expect(await collect({ spec, mirrors: [server.url] }, pin)).toEqual(once);
  });

  it('asks nothing of the archive when the cache has all', async () => {
    const asked = { spec, mirrors: [server.url], cache: join(folder, 'cache') };
    const once = await collect(asked, pin);
    const before = server.asked.length;
    expect(await collect(asked, pin)).toEqual(once);
    expect(server.asked.length).toBe(before);
  });

  it('says that a package left its suite; locked again, it is the new one', async () => {
    const newer = { ...alpha, version: '1.0-2' };
    await archive.remove(archive.poolPath(alpha));
    await archive.publish({ suite: 'testing', debs: [newer, libalpha] });
    const mirrors = [server.url, `${server.url}/second`];
    await expect(collect({ spec, mirrors }, pin)).rejects.toMatchObject({
      code: 'SOURCE_GONE',
      exitCode: 10,
      message: expect.stringContaining('alpha 1.0-1'),
      hint: expect.stringContaining('snapshot archive'),
    });
    const fresh = await lock({ spec, mirrors });
    expect(fresh.packages).toMatchObject([{ version: '1.0-2' }, pin.packages[1]]);
    expect((await collect({ spec, mirrors }, fresh)).version).toBe('1.0-2');
  });

  it('takes a package that left its suite from a mirror that keeps it', async () => {
    const kept = '/kept/pool/main/a/alpha/alpha_1.0-1_amd64.deb';
    server.answers.set('/pool/main/a/alpha/alpha_1.0-1_amd64.deb', (response) => {
      response.writeHead(404).end();
    });
    const bytes = await readFile(join(archive.root, archive.poolPath(alpha)));
    server.answers.set(kept, (response) => {
      response.end(bytes);
    });
    const mirrors = [server.url, `${server.url}/kept`];
    expect((await collect({ spec, mirrors }, pin)).items).toHaveLength(4);
  });

  it('refuses a package with one byte flipped', async () => {
    await archive.flipByte(archive.poolPath(alpha), 100);
    await expect(collect({ spec, mirrors: [server.url] }, pin)).rejects.toMatchObject({
      code: 'SOURCE_MISMATCH',
      exitCode: 4,
    });
  });

  it('follows a redirect to a package, and ends one that leads in a circle', async () => {
    const path = `/${archive.poolPath(alpha)}`;
    server.answers.set(`/elsewhere${path}`, redirectTo(path));
    server.answers.set(
      `/elsewhere/${archive.poolPath(libalpha)}`,
      redirectTo(`/${archive.poolPath(libalpha)}`),
    );
    const mirrors = [`${server.url}/elsewhere`];
    expect((await collect({ spec, mirrors }, pin)).items).toHaveLength(4);
    server.answers.set(path, redirectTo(`/elsewhere${path}`));
    await expect(collect({ spec, mirrors }, pin)).rejects.toMatchObject({
      code: 'SOURCE_REDIRECTS',
    });
  });

  it('refuses a package whose control file says that it is another', async () => {
    const [first, ...rest] = pin.packages.map((locked) => ({ ...locked, version: '2.0' }));
    const packages = first === undefined ? [] : [first, ...rest];
    await expect(
      collect({ spec, mirrors: [server.url] }, { ...pin, packages }),
    ).rejects.toMatchObject({ code: 'APT_PACKAGE_MISLABELLED', exitCode: 4 });
  });
});
