import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import type { Blob } from '../../digest.js';
import type { BlobStore } from '../../store/blob-store.js';
import type { ConnectionOptions } from './dispatcher.js';
import { fetchDocument } from './document.js';
import { expectedHash, knownSize } from './download.js';
import { Fetch } from './fetch.js';
import { Limit } from '../../limit.js';
import { usualRetry, type RetryOptions } from './retry.js';
import type { Run } from './run.js';
import { TransferProgress, type OnProgress } from './progress.js';
import type { Document, DocumentRequest, TransferRequest, Transfers } from './transfers.js';

export interface TransfersOptions {
  readonly store: BlobStore;
  /** Connections at a time, to all servers together. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Told the bytes of all downloads of this run; neither count ever falls. */
  readonly onProgress?: OnProgress;
  readonly retry?: RetryOptions;
  /** How long a server may say nothing. */
  readonly silenceMs?: number;
}

/** The scheduler of a run; `close` ends its connections. */
export function createTransfers(options: TransfersOptions): Transfers & { close(): Promise<void> } {
  return new Scheduler(options);
}

class Scheduler implements Transfers {
  readonly #run: Run;
  readonly #flights = new Map<string, Promise<Blob>>();
  readonly #closing = new AbortController();
  #dispatcher: Promise<Dispatcher> | undefined;

  constructor(options: TransfersOptions) {
    const { store, env, concurrency, retry = usualRetry, silenceMs = 60_000 } = options;
    const signal = AbortSignal.any([options.signal, this.#closing.signal]);
    // Each download under way listens to it; Node takes more than ten listeners for a leak and says so.
    setMaxListeners(0, signal);
    this.#run = {
      store,
      signal,
      retry,
      connections: new Limit(concurrency),
      progress: new TransferProgress(options.onProgress),
      dispatcher: () =>
        (this.#dispatcher ??= connect({ env, connections: concurrency, silenceMs })),
    };
  }

  async fetch(request: TransferRequest): Promise<Blob> {
    const { algorithm, hex } = expectedHash(request.expected);
    const key = [algorithm, hex, knownSize(request.expected), ...request.urls].join(' ');
    for (;;) {
      const same = this.#flights.get(key);
      if (same !== undefined) return same;
      const other = this.#flights.get(hex);
      if (other === undefined) break;
      // The same bytes from elsewhere: when that failed, these places are tried; else the store has them.
      await other.catch(() => undefined);
    }
    const flight = new Fetch(this.#run, request).run();
    this.#flights.set(key, flight).set(hex, flight);
    const land = () => {
      this.#flights.delete(key);
      if (this.#flights.get(hex) === flight) this.#flights.delete(hex);
    };
    flight.then(land, land);
    return flight;
  }

  fetchDocument(request: DocumentRequest): Promise<Document> {
    return fetchDocument(this.#run, request);
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the downloads were closed'));
    await Promise.allSettled(this.#flights.values());
    const [opened] = await Promise.allSettled([this.#dispatcher]);
    if (opened.status === 'fulfilled') await opened.value?.destroy();
  }
}

/** The HTTP client is loaded with the first question: a run whose cache has everything asks none. */
async function connect(options: ConnectionOptions): Promise<Dispatcher> {
  const { openDispatcher } = await import('./dispatcher.js');
  return openDispatcher(options);
}
