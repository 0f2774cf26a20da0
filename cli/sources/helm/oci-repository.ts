import type { Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { invalid, parseManifest, type Descriptor } from '../oci/manifest.js';
import type { ImageReference } from '../oci/reference.js';
import { Repository } from '../oci/registry.js';
import { maxChartBytes } from './chart-archive.js';
import { maxProvenanceBytes } from './provenance.js';
import type { SourceTools } from '../source.js';

// Source: Helm, pkg/registry, media types of charts in OCI registries.
const configType = 'application/vnd.cncf.helm.config.v1+json';
const chartType = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const provenanceType = 'application/vnd.cncf.helm.chart.provenance.v1.prov';

export interface OciChart {
  readonly chart: Blob;
  readonly provenance: Blob | undefined;
}

/**
 * What a registry has under a chart's name and version today; the manifest's word on digests is proven when the
 * blobs are fetched.
 *
 * @throws {WireOfflineError} HELM_VERSION_UNKNOWN, SOURCE_INVALID, codes of the transfers.
 */
export async function findOciChart(
  reference: ImageReference,
  tools: SourceTools,
): Promise<OciChart> {
  const { registry, repository, tag = '' } = reference;
  const what = `${registry}/${repository}:${tag}`;
  const raw = await new Repository(reference, tools).manifest(tag);
  if (raw === undefined)
    throw new WireOfflineError('HELM_VERSION_UNKNOWN', {
      message: `chart ${what}: expected it in the registry, got none`,
      hint: 'look at the repository, the chart’s name and its version',
    });
  const { config, layers } = parseManifest(raw);
  const [chart, second] = layers.filter(({ mediaType }) => mediaType === chartType);
  if (config.mediaType !== configType || chart === undefined || second !== undefined)
    throw invalid(what, 'one chart of Helm', config.mediaType);
  const provenance = layers.find(({ mediaType }) => mediaType === provenanceType);
  refuseLarge(what, chart, maxChartBytes);
  if (provenance !== undefined) refuseLarge(what, provenance, maxProvenanceBytes);
  return { chart: blobOf(chart), provenance: provenance && blobOf(provenance) };
}

/** A chart or its provenance, in the store. */
export async function fetchOciBlob(
  reference: ImageReference,
  blob: Blob,
  tools: SourceTools,
): Promise<Blob> {
  return new Repository(reference, tools).blob(blob);
}

function blobOf({ digest, size }: Descriptor): Blob {
  return { digest, sizeBytes: size };
}

function refuseLarge(what: string, { size }: Descriptor, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw invalid(what, `at most ${String(maxBytes)} bytes`, String(size));
}
