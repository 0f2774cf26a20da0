import { WireOfflineError } from '../../errors.js';
import { exchange, hangUp, type Answer } from './exchange.js';
import { isOverload, isPassing, networkFailure, refusal } from './failures.js';
import { retried } from './retry.js';
import type { Run } from './run.js';
import type { Document, DocumentRequest } from './transfers.js';

/**
 * A small document in memory. An overloaded server is asked again; its last answer is an answer like any other.
 *
 * @throws {WireOfflineError} SOURCE_TOO_LARGE, and what `exchange` throws.
 */
export async function fetchDocument(run: Run, request: DocumentRequest): Promise<Document> {
  let last: Document | undefined;
  const once = async () => {
    const giveBack = await run.connections.take(Infinity);
    try {
      last = await documentOnce(run, request);
    } finally {
      giveBack();
    }
    if (isOverload(last.status)) throw refusal(request.url, last);
    return last;
  };
  try {
    return await retried(once, run);
  } catch (error) {
    if (isPassing(error) && last !== undefined && isOverload(last.status)) return last;
    throw error;
  }
}

async function documentOnce(run: Run, request: DocumentRequest): Promise<Document> {
  const { url, method = 'GET', headers = {} } = request;
  const answer = await exchange(await run.dispatcher(), {
    url,
    method,
    headers,
    signal: run.signal,
  });
  try {
    const bytes = await readBody(answer, request);
    return { status: answer.status, headers: answer.headers, bytes, url: answer.url };
  } catch (error) {
    run.signal.throwIfAborted();
    throw networkFailure(url, error);
  } finally {
    hangUp(answer);
  }
}

async function readBody({ body }: Answer, { url, maxBytes }: DocumentRequest): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array)) continue;
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes)
      throw new WireOfflineError('SOURCE_TOO_LARGE', {
        message: `${url}: expected at most ${String(maxBytes)} bytes, got more`,
        hint: 'check that the address leads to what you mean',
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
