import { readFile } from 'node:fs/promises';
import type { Collected, FileItem } from '../../bundle/component.js';
import type { Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import type { StoredBlob } from '../../store/blob-store.js';
import { checkChart } from './chart-archive.js';
import {
  fetchChart,
  findChart,
  provenanceBeside,
  provenanceUrl,
  type ChartPlace,
} from './http-repository.js';
import { imagesIn } from './images-in.js';
import { chartFileName } from './names.js';
import { fetchOciBlob, findOciChart } from './oci-repository.js';
import { checkProvenance, provenanceError } from './provenance.js';
import { renderChart } from './render.js';
import {
  helmPinSchema,
  helmSpecSchema,
  ociReference,
  type HelmPin,
  type HelmSpec,
} from './spec.js';
import { missingBlobs } from '../../store/missing-blobs.js';
import type { Source, SourceTools } from '../source.js';

/**
 * Helm charts from http and oci repositories, proven by digest, and by the makers' signature where the recipe names
 * their keyring. Charts that a chart depends on are those in it: nothing is ever fetched on a chart's word.
 */
export const helmSource: Source<HelmSpec, HelmPin> = {
  kind: 'helm',
  specSchema: helmSpecSchema,
  pinSchema: helmPinSchema,

  /**
   * @throws {WireOfflineError} HELM_CHART_UNKNOWN, HELM_VERSION_UNKNOWN, HELM_DIGEST_MISSING, HELM_REPOSITORY_UNKNOWN,
   * HELM_CHART_INVALID, HELM_PROVENANCE_*, ARCHIVE_*, codes of the transfers.
   */
  async lock(spec, tools) {
    const found = await find(spec, tools);
    const chart = plain(found.chart);
    await check(spec, { chart, provenance: found.provenance }, tools);
    return { chart, ...(found.provenance && { provenance: plain(found.provenance) }) };
  },

  /** @throws {WireOfflineError} SOURCE_GONE, SOURCE_MISMATCH, and what `lock` throws of the chart itself. */
  async collect(spec, pin, tools) {
    await fetchPinned(spec, pin, tools);
    const signer = await check(spec, pin, tools);
    return collected(spec, pin, signer);
  },

  /** @throws {WireOfflineError} HELM_RENDER_FAILED, STORE_FAILED, TOOL_MISSING. */
  async wants(spec, { collected: { items }, helm, tools }) {
    const [chart] = items.flatMap((item) => (item.kind === 'chart' ? [item.blob] : []));
    if (chart === undefined) throw new TypeError(`${spec.chart} was collected without a chart`);
    const { file: archive } = await stored(chart, tools);
    tools.note(`helm: rendering ${spec.chart} ${spec.version}`);
    const images = imagesIn(await renderChart({ helm, spec, archive, tools }));
    const told = spec.images.map((text) => ({ text, where: 'images of the recipe' }));
    return [...images, ...told].filter(({ text }) => !spec.notImages.includes(text));
  },
};

/** What upstream has, in the store; the provenance only where somebody will look at it. */
async function find(
  spec: HelmSpec,
  tools: SourceTools,
): Promise<{ readonly chart: Blob; readonly provenance: Blob | undefined }> {
  const reference = ociReference(spec);
  const isSigned = spec.keyring !== undefined;
  if (reference) {
    const { chart, provenance } = await findOciChart(reference, tools);
    await fetchOciBlob(reference, chart, tools);
    if (!isSigned || provenance === undefined) return { chart, provenance: undefined };
    return { chart, provenance: await fetchOciBlob(reference, provenance, tools) };
  }
  const place = await findChart(spec, tools);
  const chart = await fetchChart(place, { spec, tools });
  const bytes = isSigned ? await provenanceBeside(place, tools) : undefined;
  const provenance = bytes === undefined ? undefined : await tools.store.put(once(bytes));
  return { chart, provenance };
}

/** Brings what the pin names into the store; the repository is asked only for what is not there. */
async function fetchPinned(spec: HelmSpec, pin: HelmPin, tools: SourceTools): Promise<void> {
  const wanted = [pin.chart, ...(pin.provenance ? [pin.provenance] : [])];
  const missing = await missingBlobs(tools.store, wanted);
  if (missing.length === 0) return;
  const reference = ociReference(spec);
  if (reference) {
    for (const blob of missing) await fetchOciBlob(reference, blob, tools);
    return;
  }
  const place = await placeOfPinned(spec, tools);
  for (const blob of missing) {
    const url = blob === pin.chart ? place.url : provenanceUrl(place);
    const at = { ...place, url, digest: blob.digest };
    await fetchChart(at, { spec, sizeBytes: blob.sizeBytes, tools });
  }
}

/** A chart that was locked and that no repository lists now is gone, whatever its repository would say of a new one. */
async function placeOfPinned(spec: HelmSpec, tools: SourceTools): Promise<ChartPlace> {
  try {
    return await findChart(spec, tools);
  } catch (error) {
    const isGone =
      error instanceof WireOfflineError &&
      (error.code === 'HELM_CHART_UNKNOWN' || error.code === 'HELM_VERSION_UNKNOWN');
    if (!isGone) throw error;
    const { message, cause } = error;
    throw new WireOfflineError('SOURCE_GONE', { message, cause });
  }
}

/** Proves chart and signature; gives the signer's fingerprint where the recipe asks for one. */
async function check(
  spec: HelmSpec,
  blobs: { readonly chart: Blob; readonly provenance?: Blob | undefined },
  tools: SourceTools,
): Promise<string | undefined> {
  const named = { name: spec.chart, version: spec.version };
  let signer: string | undefined;
  if (spec.keyring !== undefined) {
    if (blobs.provenance === undefined)
      throw provenanceError('HELM_PROVENANCE_MISSING', named, ['a .prov beside it', 'none']);
    const provenance = await readFile((await stored(blobs.provenance, tools)).file);
    const { digest } = blobs.chart;
    const { keyring } = spec;
    signer = await checkProvenance({ chart: { ...named, digest }, provenance, keyring }, tools);
  }
  const { file } = await stored(blobs.chart, tools);
  await checkChart({ file, ...named });
  return signer;
}

async function stored({ digest }: Blob, { store }: SourceTools): Promise<StoredBlob> {
  const blob = await store.verified(digest);
  if (blob !== undefined) return blob;
  throw new WireOfflineError('STORE_FAILED', {
    message: `blob ${digest}: expected it in the cache, got none that is whole`,
    hint: 'something else changes the cache while this runs: run the command again, with a --cache of its own',
  });
}

function collected(spec: HelmSpec, pin: HelmPin, signer: string | undefined): Collected {
  const { chart: name, version } = spec;
  const path = chartFileName({ name, version });
  const file = { name, version, executable: false };
  const items: readonly FileItem[] = [
    { ...file, kind: 'chart', path, blob: pin.chart },
    ...(pin.provenance === undefined
      ? []
      : [{ ...file, kind: 'file', path: `${path}.prov`, blob: pin.provenance } as const]),
  ];
  return {
    version,
    upstream: `helm:${name}@${version}`,
    proof:
      signer === undefined
        ? { method: 'helm-digest', detail: pin.chart.digest }
        : { method: 'helm-provenance', detail: `${pin.chart.digest} signed by ${signer}` },
    items,
  };
}

function plain({ digest, sizeBytes }: Blob): Blob {
  return { digest, sizeBytes };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
