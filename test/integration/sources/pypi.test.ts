import { rm, mkdir, copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { pypiSource, type PypiPin } from '../../../cli/sources/pypi/pypi.js';
import type { SourceTools } from '../../../cli/sources/source.js';
import { codeOf } from '../../helpers/codes.js';
import { startOrigin, type Origin } from '../../helpers/origin.js';
import { startSourceRun, type SourceRun } from '../../helpers/source-run.js';
import { makeWheel, serveWheels } from '../../helpers/wheels.js';

let run: SourceRun;
beforeEach(async () => {
  run = await startSourceRun();
});
afterEach(() => run.end());

const lock = async (said: object, tools: SourceTools = run.tools): Promise<PypiPin> =>
  pypiSource.pinSchema.parse(await pypiSource.lock(pypiSource.specSchema.parse(said), tools));
const filesIn = ({ packages }: PypiPin) => packages.map(({ filename }) => filename);

describe('wheels from the package index of this machine', () => {
  it('come with all that they need, and pip installs them where there is no network', async () => {
    const said = { packages: ['cffi==1.17.1'], python: '3.11.2' };
    const pin = await lock(said);
    expect(pin.packages.map(({ name }) => name)).toEqual(['cffi', 'pycparser']);
    expect(filesIn(pin)[0]).toBe(
      'cffi-1.17.1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl',
    );
    const { items } = await pypiSource.collect(pypiSource.specSchema.parse(said), pin, run.tools);
    const folder = join(run.cache, 'island');
    await mkdir(folder);
    for (const item of items) {
      const stored =
        item.kind === 'image' ? undefined : await run.tools.store.verified(item.blob.digest);
      await copyFile(stored?.file ?? '', join(folder, item.kind === 'image' ? '' : item.path));
    }
    const offline = ['--isolated', '--no-index', '--find-links', folder, '--require-hashes'];
    const { stdout } = await execa('python3', [
      ...['-m', 'pip', 'install', '--disable-pip-version-check', '--dry-run', '--ignore-installed'],
      ...[
        ...offline,
        '--only-binary',
        ':all:',
        '--python-version',
        '3.11.2',
        '--target',
        join(folder, 'x'),
      ],
      ...['-r', join(folder, 'requirements.txt')],
    ]);
    expect(stdout).toMatch(/Would install cffi-1\.17\.1 pycparser-/);
  }, 180_000);

  it('are those for the stated Python and machine, whichever this one has', async () => {
    const cffi = { packages: ['cffi==1.17.1'] };
    const arm = { ...cffi, python: '3.13.5', platform: 'manylinux_2_41_aarch64' };
    expect(filesIn(await lock(arm))[0]).toMatch(/-cp313-cp313-manylinux_2_17_aarch64\./);
    const alpine = { ...cffi, python: '3.12.0', platform: 'musllinux_1_2_x86_64' };
    expect(filesIn(await lock(alpine))[0]).toMatch(/-cp312-cp312-musllinux_1_1_x86_64\./);
  }, 180_000);

  it('are with what only older releases of the stated Python need', async () => {
    const names = async (python: string) =>
      (await lock({ packages: ['redis==5.0.1'], python })).packages.map(({ name }) => name);
    expect(await names('3.11.2')).toEqual(['async-timeout', 'redis']);
    expect(await names('3.11.3')).toEqual(['redis']);
  }, 180_000);

  it('are the same from a lock into an empty cache', async () => {
    const spec = pypiSource.specSchema.parse({ packages: ['pycparser==2.22'], python: '3.11.2' });
    const pin = await lock(spec);
    const collected = await pypiSource.collect(spec, pin, run.tools);
    expect(collected.upstream).toBe(
      'pypi:pycparser==2.22 for Python 3.11.2, manylinux_2_36_x86_64',
    );
    const other = await startSourceRun();
    try {
      expect(await pypiSource.collect(spec, pin, other.tools)).toEqual(collected);
    } finally {
      await other.end();
    }
  }, 180_000);
});

describe('wheels from an index on loopback', () => {
  let origin: Origin;
  beforeEach(async () => {
    origin = await startOrigin();
  });
  afterEach(() => origin.stop());

  const python = '3.11.2';
  const mirrored = (index: string): SourceTools => ({ ...run.tools, mirrors: [index] });

  it('are taken from there and from nowhere else, whatever pip’s own settings say', async () => {
    const index = serveWheels(origin, 'pad', [await makeWheel({ requires: ['left-over>=2'] })]);
    serveWheels(origin, 'left-over', [
      await makeWheel({ name: 'left_over' }),
      await makeWheel({ name: 'left_over', version: '2.1' }),
    ]);
    const env = { ...process.env, PIP_INDEX_URL: 'http://127.0.0.1:9/', PIP_NO_INDEX: '1' };
    const pin = await lock({ packages: ['pad==1.0.0'], python }, { ...mirrored(index), env });
    expect(filesIn(pin)).toEqual(['left_over-2.1-py3-none-any.whl', 'pad-1.0.0-py3-none-any.whl']);
  });

  it('are asked for with the password in the address of the index, and no page tells it', async () => {
    const wheel = await makeWheel();
    serveWheels(origin, 'pad', [wheel]);
    const url = new URL('/simple', origin.url);
    [url.username, url.password] = ['ada', 'secret'];
    const env = { ...process.env, PIP_INDEX_URL: url.href };
    const pin = await lock({ packages: ['pad==1.0.0'], python }, { ...run.tools, env });
    const basic = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
    const asked = origin.seen.map(
      ({ path, headers }) => `${path} ${String(headers.authorization)}`,
    );
    expect(asked.at(-1)).toBe(`/files/${wheel.filename} ${basic}`);
    expect(JSON.stringify(pin)).not.toContain('secret');
  });

  it.each<[string, string, string, string]>([
    ['a name that the index has not', 'padd==1.0.0', 'py3-none-any', 'PYPI_PACKAGE_UNKNOWN'],
    ['a version that it has not', 'pad==2.0.0', 'py3-none-any', 'PYPI_VERSION_UNKNOWN'],
    ['a wheel of another platform', 'pad==1.0.0', 'cp311-cp311-win_amd64', 'PYPI_WHEEL_MISSING'],
    [
      'a wheel of another Python',
      'pad==1.0.0',
      'cp312-cp312-manylinux_2_17_x86_64',
      'PYPI_WHEEL_MISSING',
    ],
  ])('are refused for %s', async (_, request, tags, code) => {
    const index = serveWheels(origin, 'pad', [await makeWheel({ tags })]);
    expect(await codeOf(lock({ packages: [request], python }, mirrored(index)))).toBe(code);
  });

  it('are refused when one that they need is to be had as sources only, and nothing of it runs', async () => {
    const sources = { filename: 'left-over-2.0.tar.gz', bytes: Buffer.from('never unpacked') };
    const index = serveWheels(origin, 'pad', [await makeWheel({ requires: ['left-over'] })]);
    serveWheels(origin, 'left-over', [sources]);
    expect(await codeOf(lock({ packages: ['pad==1.0.0'], python }, mirrored(index)))).toBe(
      'PYPI_UNSOLVABLE',
    );
    const direct = lock({ packages: ['left-over==2.0'], python }, mirrored(index));
    await expect(direct).rejects.toMatchObject({
      code: 'PYPI_WHEEL_MISSING',
      message: expect.stringContaining('sources only'),
    });
    expect(origin.seen.map(({ path }) => path)).not.toContain(`/files/${sources.filename}`);
  });

  it('are refused when they are not what the index promised, or what was locked', async () => {
    const wheel = await makeWheel();
    const broken = serveWheels(origin, 'pad', [wheel], () => `#sha256=${'0'.repeat(64)}`);
    const said = { packages: ['pad==1.0.0'], python };
    await expect(lock(said, mirrored(broken))).rejects.toMatchObject({
      code: 'PYPI_UNSOLVABLE',
      message: expect.stringContaining('0'.repeat(64)),
    });
    const index = serveWheels(origin, 'pad', [wheel]);
    const pin = await lock(said, mirrored(index));
    origin.serve(`/files/${wheel.filename}`, wheel.bytes, { kind: 'flip', at: 100 });
    const other = await startSourceRun({ mirrors: [index] });
    try {
      const spec = pypiSource.specSchema.parse(said);
      expect(await codeOf(pypiSource.collect(spec, pin, other.tools))).toBe('SOURCE_MISMATCH');
    } finally {
      await other.end();
    }
  });

  it('are gone when the index has them no longer', async () => {
    const index = serveWheels(origin, 'pad', [await makeWheel()]);
    const spec = pypiSource.specSchema.parse({ packages: ['pad==1.0.0'], python });
    const pin = await lock(spec, mirrored(index));
    serveWheels(origin, 'pad', []);
    await rm(join(run.cache, 'blobs'), { recursive: true });
    const other = await startSourceRun({ mirrors: [index] });
    try {
      expect(await codeOf(pypiSource.collect(spec, pin, other.tools))).toBe('SOURCE_GONE');
    } finally {
      await other.end();
    }
  });

  it('are refused when a lock names one for another platform', async () => {
    const index = serveWheels(origin, 'pad', [await makeWheel()]);
    const spec = pypiSource.specSchema.parse({ packages: ['pad==1.0.0'], python });
    const { packages } = await lock(spec, mirrored(index));
    const other = packages.map((one) => ({ ...one, filename: 'pad-1.0.0-cp311-cp311-win32.whl' }));
    expect(await codeOf(pypiSource.collect(spec, { packages: other }, run.tools))).toBe(
      'PYPI_WHEEL_MISSING',
    );
  });
});
