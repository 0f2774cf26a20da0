import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../error-code.js';
import type { Logger } from '../log/logger.js';
import type { StoreId } from '../contract/services.js';

/** A store as a service sees it: it may be away when the service starts, go away and come back. */
export interface Store {
  readonly id: StoreId;
  /** Connects, once; what it started is undone where it fails. */
  connect(): Promise<void>;
  /** Asks the store something. Rejects with the reason where it is not ready. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Source: design section 6: a service whose stores are away retries at most 5 s apart. */
const retryMs = 2_000;

/** Connects to a store and tries again until it is there or the signal aborts. */
export async function connectStore(
  store: Store,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await store.connect();
      log.info({ store: store.id }, 'store connected');
      return;
    } catch (error) {
      log.warn({ store: store.id, err: error }, 'store away, will try again');
    }
    await pause(retryMs, undefined, { signal }).catch(ignoreAbort);
  }
}

function ignoreAbort(error: unknown): void {
  if (errorCode(error) !== 'ABORT_ERR') throw error;
}
