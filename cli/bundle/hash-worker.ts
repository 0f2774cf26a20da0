/** The thread of `hash-blobs.ts`: takes the next entry from the shared list until there is none. */
import { createHash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { isHashingInput, slots, type HashingJob } from './hash-protocol.js';

const input: unknown = workerData;
if (!isHashingInput(input)) throw new TypeError('hashing thread: no input');
const { descriptor, jobs, shared } = input;
const counters = new BigInt64Array(shared);
/** One buffer for all entries: small enough for a core's own cache, large enough that system calls do not count. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024);
const bad: { index: number; got: string }[] = [];

for (let next = take(); next < jobs.length; next = take()) {
  const job = jobs[next];
  if (job === undefined || Atomics.load(counters, slots.stop) !== 0n) break;
  const got = hashOf(job);
  if (got !== job.digest) bad.push({ index: next, got });
}
parentPort?.postMessage(bad);

function take(): number {
  return Number(Atomics.add(counters, slots.next, 1n));
}

/** The digest of an entry's bytes as they are in the file, fewer where it ends before. */
function hashOf({ start, sizeBytes }: HashingJob): string {
  const hash = createHash('sha256');
  let done = 0;
  while (done < sizeBytes && Atomics.load(counters, slots.stop) === 0n) {
    const wanted = Math.min(buffer.length, sizeBytes - done);
    const count = readSync(descriptor, buffer, 0, wanted, start + done);
    if (count === 0) break;
    hash.update(buffer.subarray(0, count));
    done += count;
    Atomics.add(counters, slots.doneBytes, BigInt(count));
  }
  return `sha256:${hash.digest('hex')}`;
}
