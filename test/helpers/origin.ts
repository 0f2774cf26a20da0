import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Identity } from './authority.js';

/** What a server does with one request; `whole` is what it should do. */
export type Behaviour =
  | { readonly kind: 'whole' | 'ignoreRange' | 'wrongRange' | 'noLength' | 'hang' | 'endless' }
  | { readonly kind: 'truncate' | 'reset' | 'stall' | 'flip'; readonly at: number }
  | { readonly kind: 'slow'; readonly pieceBytes: number; readonly everyMs: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
    };

export const whole: Behaviour = { kind: 'whole' };

export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Bytes of a body that were handed to the connection. */
  sentBytes: number;
}

/** A server on loopback that misbehaves as it is told. */
export interface Origin {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
  /** The most requests that were open at one time. */
  readonly mostAtOnce: number;
  /** Serves bytes under a path; each request takes the next behaviour, the last one stays. */
  serve(path: string, bytes: Uint8Array, ...behaviours: readonly Behaviour[]): string;
  /** Serves bytes under a path with headers of their own. */
  serveAs(path: string, bytes: Uint8Array, headers: Readonly<Record<string, string>>): void;
  stop(): Promise<void>;
}

/** Starts one, with TLS where it is given an identity. */
export async function startOrigin(identity?: Identity): Promise<Origin> {
  const files = new Map<string, { bytes: Buffer; behaviours: Behaviour[] }>();
  const documents = new Map<string, (response: ServerResponse) => void>();
  const seen: SeenRequest[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? '';
    const entry: SeenRequest = { path, headers: request.headers, sentBytes: 0 };
    seen.push(entry);
    mostAtOnce = Math.max(mostAtOnce, ++open);
    response.on('close', () => open--);
    const file = files.get(path);
    const document = documents.get(path);
    if (document !== undefined) document(response);
    else if (file === undefined) response.writeHead(404).end('not here');
    else answer({ request, response, entry, bytes: file.bytes }, next(file.behaviours));
  };
  const server =
    identity === undefined
      ? createServer(onRequest)
      : createTlsServer({ cert: identity.cert, key: identity.key }, onRequest);
  const url = `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${String(await listen(server))}`;
  return {
    url,
    seen,
    get mostAtOnce() {
      return mostAtOnce;
    },
    serve(path, bytes, ...behaviours) {
      files.set(path, { bytes: Buffer.from(bytes), behaviours: [...behaviours] });
      return `${url}${path}`;
    },
    serveAs(path, bytes, headers) {
      documents.set(path, (response) => response.writeHead(200, { ...headers }).end(bytes));
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => {
          done();
        });
        server.closeAllConnections();
      }),
  };
}

/** Listens on a port of the system's choice. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('no port'));
      else resolve(address.port);
    });
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: SeenRequest;
  readonly bytes: Buffer;
}

function next(behaviours: Behaviour[]): Behaviour {
  return (behaviours.length > 1 ? behaviours.shift() : behaviours[0]) ?? whole;
}

function answer(exchange: Exchange, behaviour: Behaviour): void {
  const { response, bytes } = exchange;
  const { kind } = behaviour;
  if (kind === 'hang') return;
  if (kind === 'status') {
    response.writeHead(behaviour.status, { ...behaviour.headers }).end('as told');
  } else if (kind === 'endless') {
    response.writeHead(200);
    endless(exchange);
  } else if (kind === 'noLength') {
    response.writeHead(200, { connection: 'close', 'transfer-encoding': 'chunked' });
    send(exchange, bytes);
    response.end();
  } else {
    sendRange(kind === 'flip' ? flipped(exchange, behaviour.at) : exchange, behaviour);
  }
}

/** The same with one bit of the file the other way round. */
function flipped(exchange: Exchange, at: number): Exchange {
  const bytes = Buffer.from(exchange.bytes);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return { ...exchange, bytes };
}

function sendRange(exchange: Exchange, behaviour: Behaviour): void {
  const { request, response, bytes } = exchange;
  const range = behaviour.kind === 'ignoreRange' ? undefined : request.headers.range;
  const asked = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  const start = behaviour.kind === 'wrongRange' && asked > 0 ? asked + 1 : asked;
  if (start >= bytes.length && asked > 0) {
    response.writeHead(416, { 'content-range': `bytes */${String(bytes.length)}` }).end();
    return;
  }
  const last = bytes.length - 1;
  response.writeHead(asked > 0 ? 206 : 200, {
    'content-length': bytes.length - start,
    ...(asked > 0 && {
      'content-range': `bytes ${String(start)}-${String(last)}/${String(bytes.length)}`,
    }),
  });
  sendBody(exchange, bytes.subarray(start), behaviour);
}

function sendBody(exchange: Exchange, rest: Buffer, behaviour: Behaviour): void {
  const { response } = exchange;
  if (behaviour.kind === 'slow') {
    slowly(exchange, rest, behaviour);
    return;
  }
  if (!('at' in behaviour) || behaviour.kind === 'flip') {
    send(exchange, rest);
    response.end();
    return;
  }
  const { kind, at } = behaviour;
  send(exchange, rest.subarray(0, at), () => {
    // The pause lets what was sent arrive before the connection goes.
    if (kind === 'reset') setTimeout(() => response.socket?.resetAndDestroy(), 50);
    if (kind === 'truncate') setTimeout(() => response.socket?.end(), 50);
  });
}

function send({ response, entry }: Exchange, bytes: Buffer, sent?: () => void): void {
  entry.sentBytes += bytes.length;
  response.write(bytes, () => sent?.());
}

function slowly(
  exchange: Exchange,
  rest: Buffer,
  pace: { readonly pieceBytes: number; readonly everyMs: number },
): void {
  let at = 0;
  const timer = setInterval(() => {
    send(exchange, rest.subarray(at, at + pace.pieceBytes));
    at += pace.pieceBytes;
    if (at >= rest.length) exchange.response.end();
  }, pace.everyMs);
  exchange.response.on('close', () => {
    clearInterval(timer);
  });
}

function endless(exchange: Exchange): void {
  const { response } = exchange;
  if (response.destroyed) return;
  send(exchange, Buffer.alloc(64 * 1024), () => {
    setImmediate(endless, exchange);
  });
}
