import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { bytesText } from '../../cli/ui/progress.js';
import { benchImages } from './bundle-images.js';
import { benchMemory, benchVerify } from './bundle-large.js';
import { header, type BenchOptions, type Row } from './measure.js';

const mebibyte = 1024 ** 2;
/** As many blobs as a bundle of that size has at least: one alone would keep one core busy. */
const four = { files: 16, fileBytes: 256 * mebibyte };
const ten = { files: 10, fileBytes: 1000 * mebibyte };

/** Bundles and judges beside tools that a user knows, and what memory it takes. */
export async function benchBundle(options: BenchOptions): Promise<readonly Row[]> {
  const { signal, large } = options;
  await refuseFullDisk(large ? ten : four);
  return [
    header,
    ...(await benchImages(options)),
    ...(await benchVerify({ ...four, signal })),
    ...(large ? await benchMemory({ ...ten, signal }) : [leftOut]),
  ];
}

const leftOut: Row = ['VmHWM, bundle and verify 10 GB', 'left out', 'ask for it: --large', '', ''];

/** The cache and the bundle of the largest part, which is the only one there at its time. */
async function refuseFullDisk({ files, fileBytes }: typeof four): Promise<void> {
  const folder = tmpdir();
  const neededBytes = 2 * files * fileBytes + 1024 ** 3;
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const facts = `${bytesText(neededBytes)} in ${folder}, where ${bytesText(freeBytes)} are free`;
  process.stdout.write(`needs ${facts}\n`);
  if (freeBytes < neededBytes)
    throw new Error(`bench: expected ${facts}: make room, or set TMPDIR to another disk`);
}
