import { joinParts } from '../bundle/join.js';
import type { Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import { runTasks, type Task, type TaskUi } from '../ui/tasks.js';
import { withTrustedBundle, type Trust } from './trusted-bundle.js';

export interface JoinRequest {
  readonly parts: readonly string[];
  readonly out: string;
  readonly trust: Trust;
  readonly ui: TaskUi;
}

export interface Joined {
  readonly identity: Digest;
  readonly sizeBytes: number;
}

/** Joins parts into a bundle that the trust folder accepts; one that it does not gets no name. */
export async function joinTrusted({ parts, out, trust, ui }: JoinRequest): Promise<Joined> {
  let joined: Joined | undefined;
  const join: Task = {
    title: `join ${String(parts.length)} parts`,
    run: async (report) => {
      joined = await joinParts({
        ...{ parts, out, signal: trust.signal },
        judge: (temporary, identity) => judge(temporary, identity, trust),
        onProgress: (progress) => {
          report.progress(progress);
        },
      });
    },
  };
  await runTasks([join], ui);
  if (joined === undefined) throw new TypeError('join: no result');
  return joined;
}

async function judge(file: string, identity: Digest, trust: Trust): Promise<void> {
  await withTrustedBundle(file, trust, (bundle) => {
    if (bundle.identity === identity) return Promise.resolve();
    throw new WireOfflineError('PART_FOREIGN', {
      message: `parts: expected those of ${identity}, got those of ${bundle.identity}`,
      hint: 'the headers of these parts were changed: copy all of them again',
    });
  });
}
