import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Collected } from '../../../cli/bundle/component.js';
import { hexOf } from '../../../cli/digest.js';
import { collect, lock } from '../../helpers/apt-source.js';
import { bareDebian, runWithoutNetwork } from '../../helpers/bare-debian.js';

const run = promisify(execFile);

const requested = ['chrony', 'coturn', 'nginx-light', 'redis-server'];
const spec = { suite: 'bookworm', packages: requested };

describe('Debian packages from the archive of this machine', () => {
  let folder: string;
  let root: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
    root = join(folder, 'root');
    await mkdir(root);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('install on a bare Debian that has no network and no other repository', async () => {
    const [one, other] = [join(folder, 'one'), join(folder, 'other')];
    const pin = await lock({ spec, cache: one });
    const collected = await collect({ spec, cache: one }, pin);
    expect(await collect({ spec, cache: other }, pin)).toEqual(collected);
    await run('tar', ['--extract', '--numeric-owner', '--file', await bareDebian(pin), '-C', root]);
    await layOut(collected, { cache: other, folder: join(root, 'srv/repository') });
    await writeFile(join(root, 'etc/apt/sources.list'), `${repositoryLine}\n`);
    // Nothing is started: there is no init in the root.
    await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });

    const interfaces = await runWithoutNetwork(root, 'cat /proc/net/dev');
    expect(interfaces.split('\n').slice(2).filter(Boolean)).toEqual([
      expect.stringMatching(/^ *lo:/),
    ]);
    await runWithoutNetwork(
      root,
      `apt-get -q update; apt-get -qy install --no-install-recommends ${requested.join(' ')}; dpkg --audit`,
    );
    const installed = await runWithoutNetwork(
      root,
      `dpkg-query -W -f '\${Package} \${Version}\\n'`,
    );
    expect(installed.split('\n')).toEqual(
      expect.arrayContaining(
        pin.packages.map(({ package: name, version }) => `${name} ${version}`),
      ),
    );
  }, 900_000);
});

const repositoryLine = 'deb [trusted=yes] file:///srv/repository bookworm main';

/** Puts the items where `extract` does. */
async function layOut(
  { items }: Collected,
  { cache, folder }: { readonly cache: string; readonly folder: string },
): Promise<void> {
  for (const item of items) {
    if (item.kind === 'image') continue;
    const file = join(folder, item.path);
    await mkdir(dirname(file), { recursive: true });
    await copyFile(join(cache, 'blobs/sha256', hexOf(item.blob.digest)), file);
  }
}
