import { WireOfflineError } from '../../errors.js';
import type { StoredBlob } from '../../store/blob-store.js';
import { refusal } from '../transfer/failures.js';
import type { GoSettings } from './settings.js';
import type { SourceTools } from '../source.js';
import type { Document } from '../transfer/transfers.js';

export interface PiecewiseRequest {
  /** Below a module proxy. */
  readonly path: string;
  readonly settings: GoSettings;
  readonly tools: SourceTools;
  readonly maxBytes: number;
}

const pieceBytes = 8 * 1024 * 1024;

/**
 * A file of a module proxy that nobody publishes a hash of its bytes for, brought into the store piece by piece.
 * It is proven by nothing: the caller hashes what is in it before it is used.
 *
 * @throws {WireOfflineError} SOURCE_TOO_LARGE, SOURCE_TRUNCATED, codes of the transfers.
 */
export async function fetchInPieces(request: PiecewiseRequest): Promise<StoredBlob> {
  const failures: unknown[] = [];
  for (const proxy of request.settings.proxies) {
    try {
      return await request.tools.store.put(pieces(`${proxy}/${request.path}`, request));
    } catch (error) {
      request.tools.signal.throwIfAborted();
      if (!(error instanceof WireOfflineError) || !error.code.startsWith('SOURCE_')) throw error;
      failures.push(error);
    }
  }
  throw failures.at(-1);
}

async function* pieces(url: string, request: PiecewiseRequest): AsyncGenerator<Uint8Array> {
  const { settings, tools, maxBytes } = request;
  for (let start = 0, total = Infinity; start < total;) {
    const answer = await tools.transfers.fetchDocument({
      url,
      headers: {
        ...settings.headersFor(url),
        range: `bytes=${String(start)}-${String(start + pieceBytes - 1)}`,
      },
      // A proxy without ranges sends all of it at once.
      maxBytes: start === 0 ? maxBytes : pieceBytes,
    });
    if (answer.status !== 200 && answer.status !== 206) throw refusal(url, answer);
    total = answer.status === 200 ? answer.bytes.byteLength : totalOf(answer, start);
    if (total > maxBytes || (answer.status === 200 && start > 0))
      throw wrong(url, `${String(total)} bytes`);
    yield answer.bytes;
    start += answer.bytes.byteLength;
    tools.note(`${request.path}: ${String(Math.floor((100 * start) / total))} %`);
  }
}

/** What `content-range: bytes 0-99/1234` says of the whole. Source: RFC 9110, 14.4. */
function totalOf({ url, headers, bytes }: Document, start: number): number {
  const range = headers['content-range'] ?? '';
  const [, from, total] = /^bytes ([0-9]{1,15})-[0-9]{1,15}\/([0-9]{1,15})$/.exec(range) ?? [];
  if (Number(from) === start && total !== undefined && bytes.byteLength > 0) return Number(total);
  throw wrong(url, `content-range ${JSON.stringify(range)}`);
}

function wrong(url: string, got: string): WireOfflineError {
  return new WireOfflineError('SOURCE_INVALID', {
    message: `${url}: expected the piece that was asked for, got ${got}`,
    hint: 'name another module proxy in GOPROXY',
  });
}
