import { createWriteStream } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { readTarMembers } from '../../bundle/unpack-tar.js';
import { WireOfflineError } from '../../errors.js';
import { readYamlStream } from '../../input/yaml-document.js';
import { withScratchFolder } from '../../transport/scratch-folder.js';
import { chartNameSchema, chartVersionSchema } from './names.js';

/** Larger than any chart: Kubernetes keeps a release, with its chart, in 1 MiB. */
export const maxChartBytes = 64 * 1024 * 1024;
const caps = { maxMembers: 20_000, maxBytes: 256 * 1024 * 1024 } as const;

/** Charts in charts in charts; more levels nobody writes. */
const maxDepth = 8;

export interface ChartArchive {
  /** Its bytes are proven already. */
  readonly file: string;
  readonly name: string;
  readonly version: string;
}

const metadataSchema = z.object({ name: chartNameSchema, version: chartVersionSchema });

/**
 * Proves that an archive is the chart that it is said to be, and holds it to the strict rules for archives of
 * somebody else's, with the archives of the charts that it depends on: regular files with plain names and no more.
 *
 * @throws {WireOfflineError} ARCHIVE_UNSAFE, ARCHIVE_INVALID; HELM_CHART_INVALID where it is no chart, or another
 * one than its name and version say.
 */
export async function checkChart(chart: ChartArchive): Promise<void> {
  const label = `chart ${chart.name} ${chart.version}`;
  await withScratchFolder(async (scratch) => {
    const folder = join(scratch, 'chart');
    await unpackAll({ file: chart.file, label, folder, depth: 0 });
    const { name, version } = await metadataOf(folder, label);
    if (name !== chart.name || version !== chart.version)
      throw chartInvalid(label, 'that name and version in its Chart.yaml', `${name} ${version}`);
  });
}

interface Unpacking {
  readonly file: string;
  readonly label: string;
  readonly folder: string;
  readonly depth: number;
}

async function unpackAll(to: Unpacking): Promise<void> {
  const { file, label, folder, depth } = to;
  if (depth > maxDepth)
    throw chartInvalid(label, `at most ${String(maxDepth)} levels of charts in charts`, 'more');
  await mkdir(folder, { recursive: true });
  await readTarMembers({ file, label, ...caps }, 'all', async ({ path, bytes }) => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await pipeline(bytes, createWriteStream(target, { flags: 'wx', mode: 0o600 }));
  });
  for (const [at, archive] of (await innerArchives(folder)).entries()) {
    const inner = `${label}, ${archive.slice(folder.length + 1)}`;
    const beside = join(`${folder}.inner`, String(at));
    await unpackAll({ file: archive, label: inner, folder: beside, depth: depth + 1 });
    await metadataOf(beside, inner);
  }
}

/** What Helm takes for charts that a chart, or one that lies unpacked in it, depends on. */
async function innerArchives(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.tgz'))
    .filter(({ parentPath }) => basename(parentPath) === 'charts')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function metadataOf(folder: string, label: string): Promise<z.infer<typeof metadataSchema>> {
  const entries = await readdir(folder);
  if (!entries.includes('Chart.yaml')) throw chartInvalid(label, 'a file Chart.yaml', 'none');
  const bytes = await readFile(join(folder, 'Chart.yaml'));
  const read = readYamlStream({ file: 'Chart.yaml', bytes });
  if (!read.ok) throw chartInvalid(label, 'YAML in Chart.yaml', read.problems[0]?.got ?? 'none');
  const metadata = metadataSchema.safeParse(read.values[0]);
  if (metadata.success) return metadata.data;
  throw chartInvalid(label, 'a plain name and version', z.prettifyError(metadata.error));
}

/** A chart that is none, or says it is another. */
export function chartInvalid(label: string, expected: string, got: string): WireOfflineError {
  return new WireOfflineError('HELM_CHART_INVALID', {
    message: `${label}: expected ${expected}, got ${got}`,
    hint: 'do not use this chart; tell its publisher',
  });
}
