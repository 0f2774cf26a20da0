import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { firstModules, programFiles } from '../../../../cli/bundle/program-files.js';
import { repositoryRoot } from '../../../helpers/repository.js';

const paths = (await programFiles(repositoryRoot)).map(({ path }) => path);

describe('the files that this program needs to run elsewhere', () => {
  it('are its modules, pages, licence and packages, sorted', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'package.json',
        'docs/errors.md',
        'artifacts/build/cli/main.js',
        'artifacts/build/cli/commands/bundle.js',
        'node_modules/commander/package.json',
        'node_modules/undici/package.json',
      ]),
    );
    expect(paths).toEqual([...paths].sort());
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('are nothing of the server, of the tests, or of what only development needs', () => {
    const foreign =
      /^artifacts\/build\/(?!cli\/|server\/contract\/)|node_modules\/(?:uWebSockets\.js|cassandra-driver|minio|ioredis|typescript|jest|eslint)\/|\.node$|\.map$|\.d\.ts$/;
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
  });

  it('have the first module of every thread', async () => {
    const sources = await readdir(join(repositoryRoot, 'cli'), { recursive: true });
    const threads = sources
      .filter((file) => file.endsWith('-worker.ts'))
      .map((file) => `artifacts/build/cli/${file.replace(/\.ts$/, '.js')}`);
    expect(['artifacts/build/cli/main.js', ...threads].sort()).toEqual([...firstModules].sort());
  });
});
