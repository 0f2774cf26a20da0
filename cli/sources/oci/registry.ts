import type { Blob, Digest } from '../../digest.js';
import { digestOf } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import { failureOfAll, refusal, type PlaceFailure } from '../transfer/failures.js';
import { RegistryAuth } from './auth.js';
import {
  indexTypes,
  invalid,
  isIndex,
  manifestTypes,
  maxManifestBytes,
  type RawManifest,
} from './manifest.js';
import type { ImageReference } from './reference.js';
import type { SourceTools } from '../source.js';

const accept = [...manifestTypes, ...indexTypes].join(', ');

/** One place that has the repository: the registry itself or a mirror. */
interface Place {
  /** `https://host/v2/<repository>` */
  readonly url: string;
  readonly auth: RegistryAuth;
}

/** One repository, wherever it may be read from. */
export class Repository {
  readonly #name: string;
  readonly #places: readonly [Place, ...Place[]];
  readonly #tools: SourceTools;

  constructor({ registry, repository }: ImageReference, tools: SourceTools) {
    this.#name = `${registry}/${repository}`;
    this.#tools = tools;
    const place = (base: string): Place => {
      const url = new URL(base);
      const path = `${url.pathname.replace(/^\/+|\/+$/g, '')}/${repository}`.replace(/^\//, '');
      return {
        url: `${url.origin}/v2/${path}`,
        auth: new RegistryAuth(new URL(url.origin), path, tools),
      };
    };
    const [first = `https://${registry}`, ...others] = tools.mirrors;
    this.#places = [place(first), ...others.map(place)];
  }

  /**
   * What a tag or digest names today, hashed here; nothing where no place has it.
   *
   * @throws {WireOfflineError} SOURCE_MISMATCH, SOURCE_INVALID, and what the network gives.
   */
  async manifest(reference: string): Promise<(RawManifest & { digest: Digest }) | undefined> {
    const failures: PlaceFailure[] = [];
    for (const place of this.#places)
      try {
        return await this.#manifestAt(place, reference);
      } catch (error) {
        this.#tools.signal.throwIfAborted();
        if (!(error instanceof WireOfflineError)) throw error;
        failures.push({ place: place.url, error });
      }
    if (failures.every(({ error }) => error.code === 'SOURCE_GONE')) return undefined;
    throw failureOfAll(`${this.#name}:${reference}`, failures);
  }

  /** A manifest by its digest, in the store. */
  async storedManifest(blob: Blob): Promise<Blob> {
    return this.#fetch(blob, { part: 'manifests', accept, maxBytes: maxManifestBytes });
  }

  /** A config or a layer, in the store. */
  async blob(blob: Blob): Promise<Blob> {
    return this.#fetch(blob, { part: 'blobs', accept: '*/*', maxBytes: blob.sizeBytes });
  }

  #fetch(
    { digest, sizeBytes }: Blob,
    how: { readonly part: string; readonly accept: string; readonly maxBytes: number },
  ): Promise<Blob> {
    const at = ({ url }: Place) => `${url}/${how.part}/${digest}`;
    const [first, ...others] = this.#places;
    const byUrl = new Map(this.#places.map((place) => [at(place), place]));
    return this.#tools.transfers.fetch({
      urls: [at(first), ...others.map(at)],
      headers: async (url) => ({ accept: how.accept, ...(await byUrl.get(url)?.auth.headers()) }),
      expected: { digest, sizeBytes },
      maxBytes: how.maxBytes,
      label: `${this.#name} ${digest.slice(0, 19)}`,
    });
  }

  async #manifestAt({ url: base, auth }: Place, reference: string) {
    const url = `${base}/manifests/${reference}`;
    const answer = await this.#tools.transfers.fetchDocument({
      url,
      headers: { accept, ...(await auth.headers()) },
      maxBytes: maxManifestBytes,
    });
    if (answer.status !== 200) throw refusal(url, answer);
    const { bytes } = answer;
    const mediaType = (answer.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
    const raw = { what: `${this.#name}:${reference}`, mediaType, bytes, digest: digestOf(bytes) };
    if (!isIndex(raw) && !manifestTypes.some((type) => type === mediaType))
      throw invalid(raw.what, 'an image manifest or index of version 2', mediaType || 'no type');
    // Whatever the registry says in Docker-Content-Digest, the bytes are what counts.
    if (reference.startsWith('sha256:') && raw.digest !== reference)
      throw new WireOfflineError('SOURCE_MISMATCH', {
        message: `${url}: expected ${reference}, got ${raw.digest}`,
        hint: 'the registry gives other bytes than were asked for: do not use it',
      });
    return raw;
  }
}
