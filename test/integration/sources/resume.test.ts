import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { digestOf, hexOf } from '../../../cli/digest.js';
import { startOrigin, whole, type Origin } from '../../helpers/origin.js';
import { repositoryRoot } from '../../helpers/repository.js';
import { temporaryFolders } from '../../helpers/temporary.js';

const folderOf = temporaryFolders();
let origin: Origin;
beforeEach(async () => {
  origin = await startOrigin();
});
afterEach(() => origin.stop());

const built = join(repositoryRoot, 'artifacts/build/cli');

/** One download in a process of its own, told by its arguments; it says the bytes it has on standard output. */
const program = `
  import { openStore } from ${JSON.stringify(`${built}/store/folder-store.js`)};
  import { createTransfers } from ${JSON.stringify(`${built}/sources/transfer/scheduler.js`)};
  const [cache, url, digest, size] = process.argv.slice(1);
  const transfers = createTransfers({
    store: await openStore(cache),
    concurrency: 1,
    signal: new AbortController().signal,
    env: {},
    onProgress: ({ doneBytes }) => console.log(doneBytes),
  });
  const expected = { digest, sizeBytes: Number(size) };
  await transfers.fetch({ urls: [url], expected, maxBytes: 1e9, label: 'x' });
  await transfers.close();
`;

it('a download whose process is killed goes on where it stopped', async () => {
  const bytes = randomBytes(8_000_000);
  const digest = digestOf(bytes);
  const cache = await folderOf();
  const url = origin.serve('/x', bytes, { kind: 'stall', at: 5_000_000 }, whole);
  const argv = ['--input-type=module', '-e', program, cache, url, digest, String(bytes.length)];
  const first = execa(process.execPath, argv, { reject: false });
  for await (const line of first) if (Number(line) >= 5_000_000) first.kill('SIGKILL');
  expect((await first).signal).toBe('SIGKILL');
  expect(await readdir(join(cache, 'blobs', 'sha256'))).toStrictEqual([]);

  await execa(process.execPath, argv);
  expect(await readFile(join(cache, 'blobs', 'sha256', hexOf(digest)))).toStrictEqual(bytes);
  expect(origin.seen.map(({ headers, sentBytes }) => [headers.range, sentBytes])).toStrictEqual([
    [undefined, 5_000_000],
    ['bytes=5000000-', 3_000_000],
  ]);
  expect(await readdir(join(cache, 'partial'))).toStrictEqual([]);
});

it('two processes at once bring the same blob without harm', async () => {
  const bytes = randomBytes(3_000_000);
  const digest = digestOf(bytes);
  const cache = await folderOf();
  const url = origin.serve('/x', bytes, { kind: 'slow', pieceBytes: 300_000, everyMs: 10 });
  const argv = ['--input-type=module', '-e', program, cache, url, digest, String(bytes.length)];
  await Promise.all([execa(process.execPath, argv), execa(process.execPath, argv)]);
  expect(await readFile(join(cache, 'blobs', 'sha256', hexOf(digest)))).toStrictEqual(bytes);
  expect(await readdir(join(cache, 'partial'))).toStrictEqual([]);
});
