import { hexOf, type Digest } from '../digest.js';
import { WireOfflineError } from '../errors.js';
import type { AssetStore } from '../island/state.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { remoteLines } from '../transport/remote-lines.js';
import type { ByteProgress } from '../ui/progress.js';
import type { WantedBlob } from './bundle-source.js';
import { compareScript } from './compare-script.js';

/** A blob that must be sent. */
export interface LackingBlob extends WantedBlob {
  /** What of its start is there. */
  readonly arrivedBytes: number;
  /** Bytes of something else under its name, which goes when it comes. */
  readonly corruptBytes: number;
}

/** What a host has of what it must have. */
export interface Comparison {
  readonly lacking: readonly LackingBlob[];
  readonly freeBytes: number;
}

export interface CompareOptions {
  readonly remote: RemoteHost;
  readonly store: AssetStore;
  readonly wanted: readonly WantedBlob[];
  readonly onProgress?: (progress: ByteProgress) => void;
}

/**
 * Asks the assets host which blobs it lacks; it hashes what it has, all of it, with all its processors.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, REMOTE_STATE_INVALID, HOST_LOST
 */
export async function compareBlobs(options: CompareOptions): Promise<Comparison> {
  const { remote, store, wanted } = options;
  const processors = Number(await remote.mustRun({ argv: ['nproc'] }));
  const words = [store.blobs, store.incoming, String(Math.min(processors, 16))];
  const child = await remote.start({ argv: ['perl', '-e', compareScript, ...words], lane: 'bulk' });
  child.stdin.end(
    wanted.map(({ digest, sizeBytes }) => `${hexOf(digest)} ${String(sizeBytes)}\n`).join(''),
  );
  const answers = new Answers(remote, options);
  for await (const line of remoteLines(child.stdout)) answers.add(line);
  const exitCode = await child.exited;
  if (exitCode !== 0) throw remote.failed('the comparison', { exitCode, stderr: child.stderr() });
  return answers.comparison();
}

const answerPattern =
  /^(?:free (?<free>\d+)|(?<state>have|bad|part) (?<hex>[0-9a-f]{64})(?: (?<bytes>\d+))?)$/;

/** What the script said so far. */
class Answers {
  readonly #remote: RemoteHost;
  readonly #options: CompareOptions;
  readonly #blobs: ReadonlyMap<Digest, WantedBlob>;
  readonly #said = new Map<Digest, { readonly state: string; readonly bytes: number }>();
  #freeBytes = 0;

  constructor(remote: RemoteHost, options: CompareOptions) {
    this.#remote = remote;
    this.#options = options;
    this.#blobs = new Map(options.wanted.map((blob) => [blob.digest, blob]));
  }

  add(line: string): void {
    const { free, state = '', hex = '', bytes = '0' } = answerPattern.exec(line)?.groups ?? {};
    if (free !== undefined) this.#freeBytes = Number(free);
    else {
      const digest: Digest = `sha256:${hex}`;
      if (!this.#blobs.has(digest)) throw notOurs(this.#remote, line);
      this.#said.set(digest, { state, bytes: Number(bytes) });
      this.#report();
    }
  }

  comparison(): Comparison {
    const lacking = [...this.#blobs.values()].flatMap((blob): LackingBlob[] => {
      const { state, bytes } = this.#said.get(blob.digest) ?? { state: 'absent', bytes: 0 };
      if (state === 'have') return [];
      // More than the whole cannot be its start.
      const arrivedBytes = state === 'part' && bytes <= blob.sizeBytes ? bytes : 0;
      return [{ ...blob, arrivedBytes, corruptBytes: state === 'bad' ? blob.sizeBytes : 0 }];
    });
    return { lacking, freeBytes: this.#freeBytes };
  }

  #report(): void {
    const all = [...this.#blobs.values()];
    const sum = (blobs: readonly WantedBlob[]): number =>
      blobs.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
    const done = all.filter(({ digest }) => this.#said.has(digest));
    this.#options.onProgress?.({ doneBytes: sum(done), totalBytes: sum(all) });
  }
}

function notOurs({ host }: RemoteHost, line: string): WireOfflineError {
  return new WireOfflineError('REMOTE_STATE_INVALID', {
    message: `host ${host.name}: expected to hear of its blobs, got ${line.slice(0, 200)}`,
    hint: 'see that the shell start-up files of that user print nothing',
  });
}
