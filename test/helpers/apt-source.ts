import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Collected } from '../../cli/bundle/component.js';
import type { AptPin } from '../../cli/sources/apt/schema.js';
import { aptSource } from '../../cli/sources/apt/apt.js';
import { createTransfers } from '../../cli/sources/transfer/scheduler.js';
import type { SourceTools } from '../../cli/sources/source.js';
import { openStore } from '../../cli/store/folder-store.js';

/** A recipe's component and the surroundings in which it is locked and collected. */
export interface AptCase {
  readonly spec: Readonly<Record<string, unknown>>;
  readonly mirrors?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** A cache to go on with; without one the run has an empty one of its own. */
  readonly cache?: string;
}

export function lock(asked: AptCase): Promise<AptPin> {
  return withTools(asked, (tools) => aptSource.lock(aptSource.specSchema.parse(asked.spec), tools));
}

export function collect(asked: AptCase, pin: AptPin): Promise<Collected> {
  return withTools(asked, (tools) =>
    aptSource.collect(aptSource.specSchema.parse(asked.spec), pin, tools),
  );
}

/** Runs something with all that a source works with, on an empty cache unless one is named. */
export async function withTools<T>(
  { mirrors = [], env = {}, cache }: Omit<AptCase, 'spec'>,
  use: (tools: SourceTools) => Promise<T>,
): Promise<T> {
  const own = await mkdtemp(join(tmpdir(), 'wire-offline-test-'));
  const store = await openStore(cache ?? own);
  const { signal } = new AbortController();
  const transfers = createTransfers({
    store,
    signal,
    concurrency: 8,
    env: {},
    retry: { tries: 2, firstWaitMs: 1, longestWaitMs: 10 },
  });
  try {
    return await use({
      store,
      transfers,
      mirrors,
      signal,
      recipeFolder: '/',
      cacheFolder: own,
      env: { PATH: process.env['PATH'], ...env },
      note: () => undefined,
    });
  } finally {
    await transfers.close();
    await rm(own, { recursive: true, force: true });
  }
}
