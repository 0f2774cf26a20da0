import type { Blob } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import type { PartialBlob } from '../../store/blob-store.js';
import { download, expectedHash, knownSize, mismatch } from './download.js';
import { failureOfAll, type PlaceFailure } from './failures.js';
import { retried } from './retry.js';
import type { Run } from './run.js';
import type { TransferRequest } from './transfers.js';

/** The work on one wanted blob: the store first, then each place in turn until one gives the right bytes. */
export class Fetch {
  readonly #run: Run;
  readonly #request: TransferRequest;

  constructor(run: Run, request: TransferRequest) {
    this.#run = run;
    this.#request = request;
  }

  /** @throws {WireOfflineError} codes of the source family, SOURCE_MISMATCH, DISK_FULL, STORE_READ_ONLY. */
  async run(): Promise<Blob> {
    return (await this.#fromStore()) ?? (await this.#fromAnyPlace());
  }

  async #fromStore(): Promise<Blob | undefined> {
    const { store } = this.#run;
    const { expected } = this.#request;
    if ('upstream' in expected) return (await store.derived(this.#key()))?.['blob'];
    const { digest, sizeBytes } = expected;
    if (sizeBytes !== undefined) return store.found({ digest, sizeBytes });
    return store.verified(digest);
  }

  async #fromAnyPlace(): Promise<Blob> {
    const { urls, label } = this.#request;
    const failures: PlaceFailure[] = [];
    for (const url of urls)
      try {
        return await this.#from(url);
      } catch (error) {
        this.#run.signal.throwIfAborted();
        if (!isOfItsPlace(error)) throw error;
        failures.push({ place: url, error });
      }
    throw failureOfAll(label, failures);
  }

  async #from(url: string): Promise<Blob> {
    const { algorithm, hex } = expectedHash(this.#request.expected);
    const partial = await this.#run.store.openPartial(this.#key(), [algorithm]);
    try {
      const { wasResumed } = await this.#download(url, partial);
      if (wasResumed && partial.hexOf(algorithm) !== hex) {
        // The bytes of an earlier try may be the wrong ones: once more, all in one go.
        partial.restart();
        await this.#download(url, partial);
      }
    } catch (error) {
      await (isFinal(error) ? partial.discard() : partial.release());
      throw error;
    }
    const got = partial.hexOf(algorithm);
    if (got === hex) {
      const blob = await partial.finish();
      // What upstream calls by a hash of another kind is found by it next time.
      if (algorithm !== 'sha256') await this.#run.store.putDerived(this.#key(), { blob });
      return blob;
    }
    await partial.discard();
    throw mismatch({ url, expected: this.#request.expected }, `${algorithm}:${got}`);
  }

  #key(): string {
    const { algorithm, hex } = expectedHash(this.#request.expected);
    return `${algorithm}:${hex}`;
  }

  async #download(url: string, partial: PartialBlob): Promise<{ readonly wasResumed: boolean }> {
    const { expected, maxBytes, headers } = this.#request;
    const { signal, retry, connections, progress } = this.#run;
    const { size: onSize, done: onBytes } = progress.begin();
    onSize(knownSize(expected) ?? 0);
    let wasResumed = false;
    const once = async () => {
      wasResumed ||= partial.sizeBytes > 0;
      const own = headers === undefined ? {} : await headers(url);
      const giveBack = await connections.take(knownSize(expected) ?? 0);
      try {
        const dispatcher = await this.#run.dispatcher();
        signal.throwIfAborted();
        const one = { url, headers: own, partial, expected, maxBytes, signal };
        await download(dispatcher, { ...one, onSize, onBytes });
      } finally {
        giveBack();
      }
    };
    await retried(once, { retry, signal, doneBytes: () => partial.sizeBytes });
    return { wasResumed };
  }
}

/** Whether another place may do better. */
function isOfItsPlace(error: unknown): error is WireOfflineError {
  return error instanceof WireOfflineError && error.code.startsWith('SOURCE_');
}

/** Whether what is there of the download is of no use for another try. */
function isFinal(error: unknown): boolean {
  return (
    error instanceof WireOfflineError &&
    ['SOURCE_MISMATCH', 'SOURCE_TOO_LARGE'].includes(error.code)
  );
}
