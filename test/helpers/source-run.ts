import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTransfers } from '../../cli/sources/transfer/scheduler.js';
import type { SourceTools } from '../../cli/sources/source.js';
import { openStore } from '../../cli/store/folder-store.js';

export interface SourceRun {
  readonly tools: SourceTools;
  readonly cache: string;
  end(): Promise<void>;
}

/** What a source works with in a run of its own: an empty cache, the real scheduler, this machine's own settings. */
export async function startSourceRun(change: Partial<SourceTools> = {}): Promise<SourceRun> {
  const cache = await mkdtemp(join(tmpdir(), 'wire-offline-source-'));
  const store = await openStore(cache);
  const { signal } = new AbortController();
  const transfers = createTransfers({ store, concurrency: 4, signal, env: process.env });
  return {
    cache,
    tools: {
      store,
      transfers,
      mirrors: [],
      recipeFolder: cache,
      cacheFolder: cache,
      env: process.env,
      signal,
      note: () => undefined,
      ...change,
    },
    async end() {
      await transfers.close();
      await rm(cache, { recursive: true, force: true });
    },
  };
}
