import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { BodyStream } from './body-stream.js';

/** What a request says before its body; copied, because uWebSockets.js reuses its own object after the handler returns. */
export interface RequestHead {
  /** Lower case. */
  readonly method: string;
  /** As sent, not decoded, without the query. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** The other end of the connection, as text. */
  readonly peer: string;
}

/** What a route may know of a request. */
export interface Request extends RequestHead {
  readonly body: BodyStream;
  /** Aborts when the client goes away before it was answered. */
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent as fast as the client takes it, with `lengthBytes` as its length where that is known. */
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  readonly lengthBytes?: number;
}

/** The parts of a head that uWebSockets.js gives only while its handler runs. */
export function copyHead(res: HttpResponse, req: HttpRequest): RequestHead {
  const headers = new Map<string, string>();
  req.forEach((name, value) => headers.set(name, value));
  return {
    method: req.getMethod(),
    path: req.getUrl(),
    query: req.getQuery(),
    headers,
    peer: Buffer.from(res.getRemoteAddressAsText()).toString('latin1'),
  };
}
