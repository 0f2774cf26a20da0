import type { Dispatcher } from 'undici';
import type { BlobStore } from '../../store/blob-store.js';
import type { Limit } from '../../limit.js';
import type { RetryOptions } from './retry.js';
import type { TransferProgress } from './progress.js';

/** What the work on each request of a run shares. */
export interface Run {
  readonly store: BlobStore;
  readonly signal: AbortSignal;
  readonly retry: RetryOptions;
  readonly connections: Limit;
  readonly progress: TransferProgress;
  readonly dispatcher: () => Promise<Dispatcher>;
}
