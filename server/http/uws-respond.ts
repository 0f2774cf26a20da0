import type { HttpResponse } from 'uWebSockets.js';
import { STATUS_CODES } from 'node:http';
import type { Request, Response } from './uws-head.js';

export interface Responding {
  readonly res: HttpResponse;
  readonly request: Request;
  readonly response: Response;
  readonly isAborted: () => boolean;
  /** The server is closing, so the client is told to use another connection. */
  readonly lastOnConnection: boolean;
}

/** Answers a request: at once, or as fast as the client takes a stream. Does nothing where the client is gone. */
export async function respond(responding: Responding): Promise<void> {
  const { response, isAborted } = responding;
  if (isAborted()) return;
  const { body } = response;
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array)
    respondWhole(responding, body ?? '');
  else await respondStream(responding, body);
}

function respondWhole(responding: Responding, body: string | Uint8Array): void {
  const { res, request, response } = responding;
  const closing = closesConnection(responding);
  res.cork(() => {
    writeHead(res, response, closing);
    if (request.method === 'head' || response.status === 204 || response.status === 304)
      res.endWithoutBody(response.lengthBytes, closing);
    else res.end(body, closing);
  });
}

/** What is left of a body that nobody read would be taken for the next request. */
function closesConnection({ request, lastOnConnection }: Responding): boolean {
  return lastOnConnection || !request.body.ended;
}

function writeHead(res: HttpResponse, response: Response, closing: boolean): void {
  res.writeStatus(`${String(response.status)} ${STATUS_CODES[response.status] ?? 'Unknown'}`);
  for (const [name, value] of Object.entries(response.headers ?? {})) res.writeHeader(name, value);
  if (closing) res.writeHeader('connection', 'close');
}

async function respondStream(
  responding: Responding,
  body: AsyncIterable<Uint8Array>,
): Promise<void> {
  const { res, response, isAborted } = responding;
  const closing = closesConnection(responding);
  // Headers go out with the first chunk: until then a failing source can still become an error answer.
  let started = false;
  const start = () => {
    if (!started) writeHead(res, response, closing);
    started = true;
  };
  try {
    for await (const chunk of body) {
      if (isAborted()) return;
      await send(responding, Buffer.from(chunk), start);
    }
  } catch (error) {
    // After the head nothing but a cut connection tells the client that the body is not whole.
    if (!isAborted()) res.close();
    throw error;
  }
  if (isAborted() || response.lengthBytes !== undefined) return;
  res.cork(() => {
    start();
    res.end(undefined, closing);
  });
}

/** Sends a chunk and waits until the client took enough of it. */
async function send(responding: Responding, chunk: Buffer, start: () => void): Promise<void> {
  const { response, isAborted, request } = responding;
  const totalBytes = response.lengthBytes;
  if (totalBytes === undefined) {
    if (!writeChunked(responding, chunk, start)) await writable(responding, request.signal);
    return;
  }
  const fromBytes = responding.res.getWriteOffset();
  let rest = chunk;
  while (!writeSized(responding, rest, { start, totalBytes })) {
    await writable(responding, request.signal);
    if (isAborted()) return;
    rest = chunk.subarray(responding.res.getWriteOffset() - fromBytes);
    if (rest.length === 0) return;
  }
}

/** False where the client is behind; the chunk is on its way all the same. */
function writeChunked({ res }: Responding, chunk: Buffer, start: () => void): boolean {
  let keepsUp = true;
  res.cork(() => {
    start();
    keepsUp = res.write(chunk);
  });
  return keepsUp;
}

interface Sized {
  readonly start: () => void;
  readonly totalBytes: number;
}

/** False where only a part of the chunk, up to the write offset, went out. */
function writeSized({ res }: Responding, chunk: Buffer, { start, totalBytes }: Sized): boolean {
  let whole = true;
  res.cork(() => {
    start();
    [whole] = res.tryEnd(chunk, totalBytes);
  });
  return whole;
}

function writable({ res }: Responding, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      signal.removeEventListener('abort', done);
      resolve();
    };
    signal.addEventListener('abort', done);
    res.onWritable(() => {
      done();
      return true;
    });
  });
}
