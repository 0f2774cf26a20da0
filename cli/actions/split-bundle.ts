import { splitBundle, type WrittenPart } from '../bundle/split.js';
import type { Digest } from '../digest.js';
import { runTasks, type Task, type TaskUi } from '../ui/tasks.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

export interface SplitRequest {
  readonly file: string;
  readonly maxPartBytes: number;
  readonly out: string;
  readonly trust: Trust;
  readonly ui: TaskUi;
}

export interface SplitResult {
  readonly identity: Digest;
  readonly parts: readonly WrittenPart[];
}

/** Cuts an accepted bundle into parts. */
export async function splitTrusted(request: SplitRequest): Promise<SplitResult> {
  const { file, maxPartBytes, out, trust, ui } = request;
  return await withTrustedBundle(file, trust, async (bundle) => {
    let parts: readonly WrittenPart[] = [];
    const split: Task = {
      title: 'write parts',
      run: async (report) => {
        parts = await splitBundle(bundle, {
          ...{ maxPartBytes, out, signal: trust.signal },
          onProgress: (progress) => {
            report.progress(progress);
          },
        });
      },
    };
    await runTasks([split], ui);
    return { identity: bundle.identity, parts };
  });
}
