import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAt } from '../bundle/input-file.js';
import { hexOf, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { AssetStore } from '../island/state.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { remoteLines } from '../transport/remote-lines.js';
import type { RemoteProcess } from '../transport/remote-process.js';
import { bytesText, type ByteProgress } from '../ui/progress.js';
import { refuseWithoutBase, wantedBlobs, type BundleSource } from './bundle-source.js';
import { compareBlobs, type Comparison, type LackingBlob } from './compare-blobs.js';
import type { IslandLock } from './island-lock.js';
import { receiveScript } from './receive-script.js';

export interface SendOptions {
  readonly remote: RemoteHost;
  readonly store: AssetStore;
  readonly bundle: BundleSource;
  readonly lock: IslandLock;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ByteProgress) => void;
}

/** A connection that breaks so often without a byte getting through is not tried again. */
const triesWithoutHeadway = 5;

/** A blob that arrives wrong so often is not the line's fault. */
const maxWrongArrivals = 2;

const chunkBytes = 1024 * 1024;
const silenceSec = 120;

/**
 * Streams blobs out of the bundle, in place, to the assets host, which believes each by its hash. Goes on at the byte
 * where a broken connection stopped it, and sends a blob again that arrived wrong.
 *
 * @throws {WireOfflineError} HOST_DISK_FULL, HOST_LOST, ISLAND_LOCKED, BLOB_NOT_STORED; BLOB_DIGEST_MISMATCH where the
 * bundle itself is damaged
 */
export async function sendBlobs(
  { lacking, freeBytes }: Comparison,
  options: SendOptions,
): Promise<void> {
  const { remote, signal } = options;
  refuseTooLittleSpace(remote, lacking, freeBytes);
  const transfer = new Transfer(lacking, options);
  for (let tries = 1, before = 0; !transfer.isDone; before = transfer.doneBytes) {
    try {
      await options.lock.ensure();
      await transfer.round();
      tries = 1;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof WireOfflineError) || error.code !== 'HOST_LOST') throw error;
      tries = transfer.doneBytes > before ? 1 : tries + 1;
      if (tries > triesWithoutHeadway) throw error;
      await sleep(500 * tries, undefined, { signal });
      await transfer.compareAgain();
    }
  }
}

/** What is still to come, and what of it has gone out. */
class Transfer {
  readonly #options: SendOptions;
  readonly #pending = new Map<Digest, LackingBlob>();
  readonly #wrongArrivals = new Map<Digest, number>();
  #totalBytes: number;
  #sentBytes = 0;

  constructor(lacking: readonly LackingBlob[], options: SendOptions) {
    this.#options = options;
    this.#totalBytes = missingBytes(lacking);
    this.#await(lacking);
  }

  get isDone(): boolean {
    return this.#pending.size === 0;
  }

  get doneBytes(): number {
    return this.#sentBytes;
  }

  /** Sends all that is pending, once, and hears what of it arrived. */
  async round(): Promise<void> {
    const { remote, store } = this.#options;
    const words = [store.blobs, store.incoming, String(silenceSec)];
    const child = await remote.start({
      argv: ['perl', '-e', receiveScript, ...words],
      lane: 'bulk',
    });
    const blobs = [...this.#pending.values()];
    const [hearing] = await Promise.all([this.#hear(child), this.#send(child, blobs)]);
    const exitCode = await child.exited;
    if (hearing.isFull) throw diskFull(remote, 'no more room while blobs arrived');
    if (exitCode !== 0) throw remote.failed('the receiver', { exitCode, stderr: child.stderr() });
    for (const digest of hearing.wrong) await this.#sendAgain(digest);
  }

  /**
   * After a connection broke: what arrived before need not come again. The host is asked for all blobs: where its power
   * was cut, it has lost some of those that it had.
   */
  async compareAgain(): Promise<void> {
    const { remote, store, bundle } = this.#options;
    const { lacking } = await compareBlobs({ remote, store, wanted: wantedBlobs(bundle) });
    refuseWithoutBase(bundle, lacking);
    const leftBytes = missingBytes(lacking);
    this.#totalBytes = Math.max(this.#totalBytes, leftBytes);
    this.#sentBytes = this.#totalBytes - leftBytes;
    this.#await(lacking);
  }

  /** The largest first: while the last ones come, little is left to hash. */
  #await(lacking: readonly LackingBlob[]): void {
    this.#pending.clear();
    const ordered = [...lacking].sort((one, other) => other.sizeBytes - one.sizeBytes);
    for (const blob of ordered) this.#pending.set(blob.digest, blob);
  }

  async #hear({ stdout }: RemoteProcess): Promise<{ isFull: boolean; wrong: readonly Digest[] }> {
    let isFull = false;
    const wrong: Digest[] = [];
    for await (const line of remoteLines(stdout)) {
      const [word, hex = ''] = line.split(' ');
      const digest: Digest = `sha256:${hex}`;
      if (word === 'ok') this.#pending.delete(digest);
      if (word === 'bad') wrong.push(digest);
      if (word === 'full') isFull = true;
    }
    return { isFull, wrong };
  }

  async #send(child: RemoteProcess, blobs: readonly LackingBlob[]): Promise<void> {
    const { bundle } = this.#options;
    const sink = new Sink(child);
    for (const { digest, sizeBytes, arrivedBytes } of blobs) {
      await sink.write(
        Buffer.from(`${hexOf(digest)} ${String(sizeBytes)} ${String(arrivedBytes)}\n`),
      );
      const start = bundle.blobOffset(digest) ?? 0;
      for (let at = arrivedBytes; at < sizeBytes && !sink.hasEnded;) {
        const wanted = Math.min(chunkBytes, sizeBytes - at);
        const chunk = await readAt(bundle.handle, { start: start + at, sizeBytes: wanted });
        await sink.write(chunk);
        at += chunk.length;
        this.#report(chunk.length);
        // A bundle that was cut off under our hands: the receiver must not wait for more.
        if (chunk.length < wanted) await drain(bundle.readBlob(digest));
      }
      if (sink.hasEnded) return;
    }
    child.stdin.end();
  }

  #report(sentBytes: number): void {
    this.#sentBytes += sentBytes;
    const doneBytes = Math.min(this.#sentBytes, this.#totalBytes);
    this.#options.onProgress({ doneBytes, totalBytes: this.#totalBytes });
  }

  async #sendAgain(digest: Digest): Promise<void> {
    const { bundle, remote } = this.#options;
    // Either the start that was there before was wrong, or the bundle is damaged, which this would tell.
    await drain(bundle.readBlob(digest));
    const times = (this.#wrongArrivals.get(digest) ?? 0) + 1;
    this.#wrongArrivals.set(digest, times);
    const blob = this.#pending.get(digest);
    if (times >= maxWrongArrivals) throw notStored(remote, digest);
    if (blob !== undefined)
      this.#pending.set(digest, { ...blob, arrivedBytes: 0, corruptBytes: 0 });
  }
}

/** A program's standard input, which may end at any time. */
class Sink {
  readonly #child: RemoteProcess;
  readonly #ended: Promise<unknown>;
  hasEnded = false;

  constructor(child: RemoteProcess) {
    this.#child = child;
    const end = (): void => {
      this.hasEnded = true;
    };
    this.#ended = child.exited.then(end, end);
  }

  /** Gives the bytes on as fast as they are taken. */
  async write(chunk: Uint8Array): Promise<void> {
    if (this.hasEnded || this.#child.stdin.write(chunk)) return;
    const stop = new AbortController();
    const drained = once(this.#child.stdin, 'drain', { signal: stop.signal });
    await Promise.race([drained, this.#ended]);
    stop.abort();
  }
}

async function drain(chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  while ((await iterator.next()).done !== true);
}

/** What must still go over the line. */
export function missingBytes(blobs: readonly LackingBlob[]): number {
  return blobs.reduce((sum, { sizeBytes, arrivedBytes }) => sum + sizeBytes - arrivedBytes, 0);
}

function refuseTooLittleSpace(
  remote: RemoteHost,
  lacking: readonly LackingBlob[],
  freeBytes: number,
): void {
  const freedBytes = lacking.reduce((sum, { corruptBytes }) => sum + corruptBytes, 0);
  const neededBytes = missingBytes(lacking) - freedBytes;
  if (neededBytes <= freeBytes) return;
  throw diskFull(remote, `${bytesText(freeBytes)} where ${bytesText(neededBytes)} are needed`);
}

function diskFull({ host }: RemoteHost, got: string): WireOfflineError {
  return new WireOfflineError('HOST_DISK_FULL', {
    message: `host ${host.name}: expected room for the blobs in the data directory of assets, got ${got}`,
    hint: 'give that file system more room and run the same command again: it goes on where it stopped',
  });
}

function notStored({ host }: RemoteHost, digest: Digest): WireOfflineError {
  return new WireOfflineError('BLOB_NOT_STORED', {
    message: `host ${host.name}: expected ${digest} as it was sent, got other bytes, twice`,
    hint: 'the bundle is right, so the memory or the disk of that host is not: test them, see dmesg there',
  });
}
