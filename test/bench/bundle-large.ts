import { rm } from 'node:fs/promises';
import { bytesText } from '../../cli/ui/progress.js';
import { peakRow, timeRow, type Row } from './measure.js';
import { timeOne, timePairs } from './pairs.js';
import { inWorld, lockedPlace, type Place } from './place.js';
import { startRandomFiles, type RandomFiles } from './random-files.js';

export interface LargeOptions {
  readonly files: number;
  readonly fileBytes: number;
  readonly signal: AbortSignal;
}

/** Judging a bundle of large files that the machine holds in memory, beside `openssl dgst` of the same file. */
export async function benchVerify(options: LargeOptions): Promise<readonly Row[]> {
  return withLargeBundle(options, async (place, { peakBytes }) => {
    const { signal } = options;
    const what = bytesText(options.files * options.fileBytes);
    const theirs = { argv: ['openssl', 'dgst', '-sha256', place.bundleFile] };
    const times = await timePairs({ ours: place.verify, theirs, pairs: 5, signal });
    return [
      timeRow(`verify ${what}, warm`, times, { name: 'openssl dgst -sha256', goal: 0.7 }),
      peakRow(`bundle ${what}`, peakBytes),
      peakRow(`verify ${what}`, times.oursPeakBytes),
    ];
  });
}

/** The memory that bundling and judging a bundle of any size takes. */
export async function benchMemory(options: LargeOptions): Promise<readonly Row[]> {
  return withLargeBundle(options, async (place, { peakBytes }) => {
    const what = bytesText(options.files * options.fileBytes);
    const verified = await timeOne(place.verify, options.signal);
    return [peakRow(`bundle ${what}`, peakBytes), peakRow(`verify ${what}`, verified.peakBytes)];
  });
}

async function withLargeBundle<T>(
  options: LargeOptions,
  work: (place: Place, bundled: { readonly peakBytes: number }) => Promise<T>,
): Promise<T> {
  return inWorld(async (world) => {
    const served = await startRandomFiles(options);
    world.atEnd(() => served.stop());
    const mirrors = {};
    const components = componentsOf(served);
    const place = await lockedPlace(world, { components, mirrors, signal: options.signal });
    await rm(place.cacheFolder, { recursive: true });
    const bundled = await timeOne(place.bundle, options.signal);
    await rm(place.cacheFolder, { recursive: true });
    return work(place, bundled);
  });
}

function componentsOf({ files }: RandomFiles) {
  return files.map(({ url, sha256 }, index) => {
    const name = `file-${String(index + 1)}`;
    return { name, kind: 'http', url, sha256 };
  });
}
