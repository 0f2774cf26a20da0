import { setTimeout as sleep } from 'node:timers/promises';
import { Overload, isPassing } from './failures.js';

export interface RetryOptions {
  /** Tries in a row that bring nothing, the first included. */
  readonly tries: number;
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
}

export const usualRetry: RetryOptions = { tries: 5, firstWaitMs: 500, longestWaitMs: 30_000 };

/** So many new bytes make a failed try count as a good one. */
const headwayBytes = 1024 * 1024;

/**
 * Tries until it works, with growing and jittered waits between failures that may pass. A try that got on starts the
 * count again, so that a large file comes over a line that breaks now and then.
 */
export async function retried<T>(
  once: () => Promise<T>,
  run: {
    readonly retry: RetryOptions;
    readonly signal: AbortSignal;
    /** Bytes that are there so far. */
    readonly doneBytes?: () => number;
  },
): Promise<T> {
  const { retry, signal, doneBytes = () => 0 } = run;
  for (let failures = 0, before = doneBytes(); ; before = doneBytes()) {
    try {
      return await once();
    } catch (error) {
      signal.throwIfAborted();
      failures = doneBytes() - before >= headwayBytes ? 1 : failures + 1;
      if (!isPassing(error) || failures >= retry.tries) throw error;
      await sleep(waitMs(error, { failures, retry }), undefined, { signal });
    }
  }
}

function waitMs(
  error: unknown,
  { failures, retry }: { readonly failures: number; readonly retry: RetryOptions },
): number {
  const backOffMs = retry.firstWaitMs * 2 ** (failures - 1) * (0.5 + Math.random());
  const askedMs = error instanceof Overload ? error.waitMs : 0;
  return Math.min(Math.max(backOffMs, askedMs), retry.longestWaitMs);
}
