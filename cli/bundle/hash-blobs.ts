import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { WireOfflineError, type Problem } from '../errors.js';
import { packageRoot } from '../package.js';
import type { ByteProgress } from '../ui/progress.js';
import {
  isHashingAnswer,
  slotCount,
  slots,
  type HashingAnswer,
  type HashingInput,
} from './hash-protocol.js';
import type { Bundle } from './reader.js';
import type { PlacedEntry } from './structure.js';

/** More threads than this wait for the disk, and each takes some ten megabytes. */
const maxThreads = 8;

const progressEveryMs = 100;

export interface HashOptions {
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ByteProgress) => void;
}

/**
 * Hashes every entry in the file on all cores, largest first, and compares each with what the document says.
 *
 * @throws {WireOfflineError} BLOB_DIGEST_MISMATCH with every bad entry; the signal's reason where it aborted.
 */
export async function hashBlobs(
  { handle, entries }: Pick<Bundle<unknown>, 'handle' | 'entries'>,
  { signal, onProgress }: HashOptions,
): Promise<void> {
  signal.throwIfAborted();
  const jobs = [...entries].sort((left, right) => right.entry.size - left.entry.size);
  const shared = new SharedArrayBuffer(slotCount * BigInt64Array.BYTES_PER_ELEMENT);
  const counters = new BigInt64Array(shared);
  const totalBytes = jobs.reduce((sum, { entry }) => sum + entry.size, 0);
  const stop = (): void => {
    Atomics.store(counters, slots.stop, 1n);
  };
  const report = (): void => {
    const doneBytes = Number(Atomics.load(counters, slots.doneBytes));
    onProgress?.({ doneBytes, totalBytes });
  };
  const timer = setInterval(report, progressEveryMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const input = workerInput({ descriptor: handle.fd, jobs, shared });
    const bad = await runThreads(input, stop);
    signal.throwIfAborted();
    report();
    refuseBad(jobs, bad);
  } finally {
    clearInterval(timer);
    signal.removeEventListener('abort', stop);
  }
}

function workerInput(input: {
  readonly descriptor: number;
  readonly jobs: readonly PlacedEntry[];
  readonly shared: SharedArrayBuffer;
}): HashingInput {
  const jobs = input.jobs.map(({ entry, start }) => ({
    digest: entry.digest,
    start,
    sizeBytes: entry.size,
  }));
  return { ...input, jobs };
}

/** Runs the threads to their end, also where one fails: they read through a descriptor that is closed after. */
async function runThreads(input: HashingInput, stop: () => void): Promise<HashingAnswer> {
  const count = Math.max(1, Math.min(availableParallelism(), maxThreads, input.jobs.length));
  const threads = Array.from({ length: count }, async () => {
    try {
      return await runThread(input);
    } catch (error) {
      stop();
      throw error;
    }
  });
  const answers: HashingAnswer[number][] = [];
  for (const outcome of await Promise.allSettled(threads)) {
    if (outcome.status === 'rejected') throw outcome.reason;
    answers.push(...outcome.value);
  }
  return answers;
}

async function runThread(input: HashingInput): Promise<HashingAnswer> {
  // The built file, wherever this one runs from: a thread takes no TypeScript.
  const file = join(packageRoot(), 'artifacts', 'program', 'hash-worker.js');
  const worker = new Worker(file, {
    workerData: input,
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 },
  });
  return await new Promise<HashingAnswer>((resolve, reject) => {
    let answer: HashingAnswer | undefined;
    worker.once('message', (message: unknown) => {
      if (isHashingAnswer(message)) answer = message;
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (answer === undefined) reject(new Error(`hashing thread ended with ${String(code)}`));
      else resolve(answer);
    });
  });
}

function refuseBad(jobs: readonly PlacedEntry[], bad: HashingAnswer): void {
  const problems = bad
    .flatMap(({ index, got }): Problem[] => {
      const entry = jobs[index]?.entry;
      return entry === undefined ? [] : [{ where: entry.name, expected: entry.digest, got }];
    })
    .sort((left, right) => (left.where < right.where ? -1 : 1));
  if (problems.length === 0) return;
  throw new WireOfflineError('BLOB_DIGEST_MISMATCH', {
    message: `bundle: expected every entry to be what was signed, got ${String(problems.length)} that ${problems.length === 1 ? 'is' : 'are'} not`,
    problems,
    hint: 'the file was damaged or changed after it was signed: copy it again from where it was made',
  });
}
