import { z } from 'zod';
import { digestSchema, type Blob, type Digest } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { oneOf, show } from '../../input/issues.js';
import { readYamlStream } from '../../input/yaml-document.js';
import { failureOfAll, refusal, type PlaceFailure } from '../transfer/failures.js';
import { maxChartBytes } from './chart-archive.js';
import { maxProvenanceBytes } from './provenance.js';
import { knownRepository, type KnownRepository } from './repository-names.js';
import type { HelmSpec } from './spec.js';
import type { SourceTools } from '../source.js';

/** The largest public repositories have some ten megabytes of index. */
const maxIndexBytes = 64 * 1024 * 1024;

// Source: Helm documentation, "The Chart Repository Guide", "The index file".
const entrySchema = z.object({
  version: z.string(),
  urls: z.array(z.string()).default([]),
  digest: z.string().nullish(),
});
const indexSchema = z.object({ entries: z.record(z.string(), z.array(z.unknown())) });

/** One place of a chart, as the index of its repository says. */
export interface ChartPlace {
  readonly url: string;
  readonly digest: Digest;
  readonly headers: KnownRepository['headers'];
}

/**
 * Where a chart lies today: in the first of the repositories that has it.
 *
 * @throws {WireOfflineError} HELM_CHART_UNKNOWN, HELM_VERSION_UNKNOWN, HELM_DIGEST_MISSING, HELM_REPOSITORY_UNKNOWN,
 * SOURCE_INVALID, codes of the transfers.
 */
export async function findChart(spec: HelmSpec, tools: SourceTools): Promise<ChartPlace> {
  const repositories =
    tools.mirrors.length > 0
      ? tools.mirrors.map((url) => ({ url, headers: {} }))
      : [await knownRepository(spec.repository, tools)];
  const failures: PlaceFailure[] = [];
  for (const repository of repositories)
    try {
      return await findIn(repository, spec, tools);
    } catch (error) {
      tools.signal.throwIfAborted();
      if (!(error instanceof WireOfflineError)) throw error;
      failures.push({ place: repository.url, error });
    }
  throw failureOfAll(`chart ${spec.chart} ${spec.version}`, failures);
}

/** A chart in the store, proven by the digest that the index or the lock has. */
export async function fetchChart(
  { url, digest, headers }: ChartPlace,
  { spec, sizeBytes, tools }: { spec: HelmSpec; sizeBytes?: number; tools: SourceTools },
): Promise<Blob> {
  return tools.transfers.fetch({
    urls: [url],
    headers: () => Promise.resolve(headers),
    expected: { digest, sizeBytes },
    maxBytes: sizeBytes ?? maxChartBytes,
    label: `chart ${spec.chart} ${spec.version}`,
  });
}

/** The `.prov` beside a chart; nothing where there is none. */
export async function provenanceBeside(
  place: ChartPlace,
  { transfers }: SourceTools,
): Promise<Uint8Array | undefined> {
  const { headers } = place;
  const href = provenanceUrl(place);
  const answer = await transfers.fetchDocument({
    url: href,
    headers,
    maxBytes: maxProvenanceBytes,
  });
  if (answer.status === 404 || answer.status === 410) return undefined;
  if (answer.status !== 200) throw refusal(href, answer);
  return answer.bytes;
}

/** Source: Helm documentation, "Helm Provenance and Integrity": the chart's address with `.prov` after it. */
export function provenanceUrl({ url }: ChartPlace): string {
  const address = new URL(url);
  address.pathname += '.prov';
  return address.href;
}

async function findIn(
  { url, headers }: KnownRepository,
  { chart, version }: HelmSpec,
  { transfers }: SourceTools,
): Promise<ChartPlace> {
  const index = new URL(url.endsWith('/') ? url : `${url}/`);
  index.pathname += 'index.yaml';
  const answer = await transfers.fetchDocument({
    url: index.href,
    headers,
    maxBytes: maxIndexBytes,
  });
  if (answer.status !== 200) throw refusal(index.href, answer);
  const entries = entriesOf(index.href, answer.bytes);
  const versions = Object.hasOwn(entries, chart) ? (entries[chart] ?? []) : [];
  const parsed = versions.flatMap((one) => entrySchema.safeParse(one).data ?? []);
  if (parsed.length === 0) throw unknownChart(index.href, chart, Object.keys(entries));
  const entry = parsed.find((one) => one.version === version);
  if (entry === undefined)
    throw new WireOfflineError('HELM_VERSION_UNKNOWN', {
      message: `chart ${chart}: expected ${oneOf(
        parsed.slice(0, 10).map((one) => one.version),
        version,
      )}, got ${version}`,
      hint: 'name a version that the repository has; the first of them are above',
    });
  const place = new URL(entry.urls[0] ?? '', index.href);
  if (!/^https?:$/.test(place.protocol) || entry.urls.length === 0)
    throw invalidIndex(index.href, `an address of ${chart} ${version}`, show(entry.urls[0]));
  // Credentials are for the host that they were given for, wherever its index leads.
  const own = place.origin === index.origin ? headers : {};
  return { url: place.href, digest: digestIn(entry, { chart, version }), headers: own };
}

function entriesOf(url: string, bytes: Uint8Array) {
  const read = readYamlStream({ file: url, bytes, maxBytes: maxIndexBytes });
  if (!read.ok) throw invalidIndex(url, 'YAML', read.problems[0]?.got ?? 'something else');
  const parsed = indexSchema.safeParse(read.values[0]);
  if (parsed.success) return parsed.data.entries;
  throw invalidIndex(url, 'the index of a chart repository', z.prettifyError(parsed.error));
}

function digestIn(
  { digest }: z.infer<typeof entrySchema>,
  { chart, version }: { chart: string; version: string },
): Digest {
  const parsed = digestSchema.safeParse(`sha256:${(digest ?? '').replace(/^sha256:/, '')}`);
  if (parsed.success) return parsed.data;
  throw new WireOfflineError('HELM_DIGEST_MISSING', {
    message: `chart ${chart} ${version}: expected a SHA-256 in the repository's index, got ${show(digest ?? undefined)}`,
    hint: 'have the repository’s index made anew (helm repo index), or name a mirror whose index has digests',
  });
}

function unknownChart(url: string, chart: string, known: readonly string[]): WireOfflineError {
  const near = known.length <= 30 ? oneOf(known, chart) : oneOf(nearFirst(known, chart), chart);
  return new WireOfflineError('HELM_CHART_UNKNOWN', {
    message: `chart ${chart}: expected ${known.length === 0 ? 'charts in the index' : near}, got ${known.length === 0 ? 'none' : chart}`,
    hint: `look at the name, and at ${url}`,
  });
}

/** Thirty of very many: those that begin alike. */
function nearFirst(known: readonly string[], chart: string): readonly string[] {
  const alike = (name: string) => Number(name.startsWith(chart.slice(0, 3)));
  return [...known].sort((left, right) => alike(right) - alike(left)).slice(0, 30);
}

function invalidIndex(url: string, expected: string, got: string): WireOfflineError {
  return new WireOfflineError('SOURCE_INVALID', {
    message: `${url}: expected ${expected}, got ${got}`,
    hint: 'check that the address is that of a chart repository',
  });
}
