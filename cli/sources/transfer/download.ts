import { hexOf } from '../../digest.js';
import { WireOfflineError } from '../../errors.js';
import type { PartialBlob } from '../../store/blob-store.js';
import { exchange, hangUp, type Answer } from './exchange.js';
import { networkFailure, refusal } from './failures.js';
import type { Expected } from './transfers.js';
import type { Dispatcher } from 'undici';

/** One try to bring the rest of a blob from one place. */
export interface DownloadTry {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly partial: PartialBlob;
  readonly expected: Expected;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** Told the size as soon as the server says it, and each new count of bytes. */
  readonly onSize: (sizeBytes: number) => void;
  readonly onBytes: (doneBytes: number) => void;
}

/**
 * Asks for what is missing of a blob and appends it to what is there.
 *
 * @throws {WireOfflineError} SOURCE_TRUNCATED, SOURCE_TOO_LARGE, SOURCE_MISMATCH where the size alone shows it,
 *   SOURCE_INVALID, and what `exchange` and `refusal` give.
 */
export async function download(dispatcher: Dispatcher, one: DownloadTry): Promise<void> {
  const { partial, url, signal } = one;
  if (partial.sizeBytes > 0 && partial.sizeBytes === knownSize(one.expected)) return;
  const range = partial.sizeBytes === 0 ? {} : { range: `bytes=${String(partial.sizeBytes)}-` };
  const headers = { ...one.headers, ...range };
  const answer = await exchange(dispatcher, { url, method: 'GET', headers, signal });
  try {
    place(one, answer);
    await read(one, answer);
  } finally {
    hangUp(answer);
  }
}

/** Makes the partial blob end where the answer's body begins. */
function place(one: DownloadTry, answer: Answer): void {
  const { partial } = one;
  if (answer.status === 416 || (answer.status === 206 && !continues(answer, partial))) {
    // What is there and what the server has do not fit together: from the start, in the next try.
    partial.restart();
    throw new WireOfflineError('SOURCE_TRUNCATED', {
      message: `${one.url}: expected the bytes from where the download stopped, got status ${String(answer.status)} with ${answer.headers['content-range'] ?? 'no range'}`,
      hint: 'run the command again: it starts this download from its beginning',
    });
  }
  if (answer.status !== 200 && answer.status !== 206) throw refusal(one.url, answer);
  if (answer.status === 200 && partial.sizeBytes > 0) partial.restart();
  const length = answer.headers['content-length'];
  if (length === undefined || !/^[0-9]{1,15}$/.test(length)) return;
  const sizeBytes = partial.sizeBytes + Number(length);
  refuseSize(one, sizeBytes);
  one.onSize(sizeBytes);
}

/** Whether a 206 begins at the byte that was asked for. Source: RFC 9110, 14.4. */
function continues({ headers }: Answer, partial: PartialBlob): boolean {
  const start = /^bytes ([0-9]{1,15})-/.exec(headers['content-range'] ?? '')?.[1];
  return partial.sizeBytes > 0 && start !== undefined && Number(start) === partial.sizeBytes;
}

/** Writes each piece before the socket is read again: the bytes in flight are one piece for each connection. */
async function read(one: DownloadTry, answer: Answer): Promise<void> {
  const { partial } = one;
  try {
    for await (const chunk of bytesOf(answer)) {
      refuseLonger(one, partial.sizeBytes + chunk.byteLength);
      partial.append(chunk);
      one.onBytes(partial.sizeBytes);
    }
  } catch (error) {
    one.signal.throwIfAborted();
    throw cutOff(one, networkFailure(one.url, error));
  }
  const sizeBytes = knownSize(one.expected);
  if (sizeBytes !== undefined && partial.sizeBytes < sizeBytes) throw truncated(one);
}

async function* bytesOf(answer: Answer): AsyncGenerator<Uint8Array> {
  for await (const chunk of answer.body) if (chunk instanceof Uint8Array) yield chunk;
}

/** A connection that ends in the middle is the same to the user, whichever side and layer ended it. */
function cutOff(one: DownloadTry, error: unknown): unknown {
  const isCut = error instanceof WireOfflineError && error.code === 'SOURCE_UNREACHABLE';
  return isCut ? truncated(one, error) : error;
}

function truncated(one: DownloadTry, cause?: unknown): WireOfflineError {
  const sizeBytes = knownSize(one.expected);
  const expected = sizeBytes === undefined ? 'all of it' : `${String(sizeBytes)} bytes`;
  return new WireOfflineError('SOURCE_TRUNCATED', {
    message: `${one.url}: expected ${expected}, got ${String(one.partial.sizeBytes)} bytes before the connection ended`,
    hint: 'run the command again: the download goes on where it stopped',
    cause,
  });
}

/** Refuses a size that the server announces and that cannot be right. */
function refuseSize(one: DownloadTry, gotBytes: number): void {
  const sizeBytes = knownSize(one.expected);
  if (sizeBytes !== undefined && gotBytes < sizeBytes)
    throw mismatch(one, `${String(gotBytes)} bytes`);
  refuseLonger(one, gotBytes);
}

function refuseLonger(one: DownloadTry, gotBytes: number): void {
  const sizeBytes = knownSize(one.expected);
  if (sizeBytes !== undefined && gotBytes > sizeBytes)
    throw mismatch(one, sizeBytes < one.maxBytes ? `more than that` : `${String(gotBytes)} bytes`);
  if (gotBytes <= one.maxBytes) return;
  throw new WireOfflineError('SOURCE_TOO_LARGE', {
    message: `${one.url}: expected at most ${String(one.maxBytes)} bytes, got more`,
    hint: 'check that the address leads to what you mean',
  });
}

/** The error for bytes that are not what they must be. */
export function mismatch(
  one: { readonly url: string; readonly expected: Expected },
  got: string,
): WireOfflineError {
  return new WireOfflineError('SOURCE_MISMATCH', {
    message: `${one.url}: expected ${expectedText(one.expected)}, got ${got}`,
    hint: 'nothing of it was kept; where upstream really changed it, lock the component again and review what changed',
  });
}

function expectedText(expected: Expected): string {
  if ('upstream' in expected) return `${expected.upstream.algorithm}:${expected.upstream.hex}`;
  const { digest, sizeBytes } = expected;
  return sizeBytes === undefined ? digest : `${String(sizeBytes)} bytes of ${digest}`;
}

/** The hash that the bytes must have, by algorithm and in hex. */
export function expectedHash(expected: Expected): { algorithm: string; hex: string } {
  if ('upstream' in expected) return expected.upstream;
  return { algorithm: 'sha256', hex: hexOf(expected.digest) };
}

export function knownSize(expected: Expected): number | undefined {
  return 'digest' in expected ? expected.sizeBytes : undefined;
}
