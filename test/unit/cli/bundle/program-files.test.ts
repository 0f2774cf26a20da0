import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { programFiles } from '../../../../cli/bundle/program-files.js';
import { repositoryRoot } from '../../../helpers/repository.js';

const paths = (await programFiles(repositoryRoot)).map(({ path }) => path);

describe('the files that this program needs to run elsewhere', () => {
  it('are its built modules, pages and licence, and the licences of what is built in, sorted', () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'package.json',
        'docs/errors.md',
        'artifacts/program/main.js',
        'node_modules/commander/LICENSE',
        'node_modules/commander/package.json',
        'node_modules/undici/LICENSE',
      ]),
    );
    expect(paths).toEqual([...paths].sort());
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('are nothing of the server, of the tests, or of what only development needs', () => {
    const foreign =
      /^artifacts\/(?!program\/)|node_modules\/(?:uWebSockets\.js|cassandra-driver|minio|ioredis|typescript|jest|eslint|esbuild)\/|\.node$|\.map$|\.d\.ts$/;
    expect(paths.filter((path) => foreign.test(path))).toEqual([]);
  });

  it('have the first module of every thread', async () => {
    const sources = await readdir(join(repositoryRoot, 'cli'), { recursive: true });
    const threads = sources
      .filter((file) => file.endsWith('-worker.ts'))
      .map((file) => `artifacts/program/${file.replace(/^.*\//, '').replace(/\.ts$/, '.js')}`);
    expect(threads).not.toEqual([]);
    expect(paths).toEqual(expect.arrayContaining(threads));
  });
});
