import uws, { type HttpRequest, type HttpResponse } from 'uWebSockets.js';
import { BodyStream } from './body-stream.js';
import { copyHead, type Request, type RequestHead, type Response } from './uws-head.js';
import { respond } from './uws-respond.js';
import { addSockets, type SocketUpgrade } from './uws-sockets.js';

export type Route = (request: Request) => Response | Promise<Response>;

export interface HttpServer {
  readonly port: number;
  /** Requests that wait for their answer. */
  readonly open: number;
  /** Takes no new connections; open requests are still answered, and their connections closed after that. */
  close(): void;
  /** Ends every connection, sockets too. */
  destroy(): void;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly route: Route;
  /** Asked when a client wants a WebSocket; without it none are served. */
  readonly upgrade?: SocketUpgrade;
  /** Told what a route threw; the client gets a plain 500. */
  readonly onError: (error: unknown) => void;
}

/** Serves HTTP and WebSockets on an address. uWebSockets.js is known here and in the files beside this one only. */
export async function listen(options: ListenOptions): Promise<HttpServer> {
  const { host, port, route, upgrade, onError } = options;
  const state = { open: 0, closing: false };
  const app = uws.App();
  if (upgrade !== undefined) addSockets({ app, upgrade, onError });
  app.any('/*', (res, req) => {
    const { request, isAborted } = accept(res, req);
    state.open += 1;
    void answer({ request, route, onError })
      .then((response) =>
        respond({ res, request, isAborted, response, lastOnConnection: state.closing }),
      )
      .catch(onError)
      .finally(() => {
        state.open -= 1;
        // An answered response must not be touched: what still comes of the body is passed by.
        request.body.abort();
      });
  });
  const socket = await new Promise<Parameters<typeof uws.us_listen_socket_close>[0]>(
    (resolve, reject) => {
      app.listen(host, port, (listening) => {
        if (listening) resolve(listening);
        else reject(new Error(`cannot listen on ${host} port ${String(port)}: is it in use?`));
      });
    },
  );
  return {
    port: uws.us_socket_local_port(socket),
    get open() {
      return state.open;
    },
    close() {
      if (state.closing) return;
      state.closing = true;
      uws.us_listen_socket_close(socket);
    },
    destroy: () => app.close(),
  };
}

interface Accepted {
  readonly request: Request;
  readonly isAborted: () => boolean;
}

function accept(res: HttpResponse, req: HttpRequest): Accepted {
  const head = copyHead(res, req);
  const abort = new AbortController();
  const body = new BodyStream({
    // A response that is gone must not be touched.
    pause: () => {
      if (!abort.signal.aborted) res.pause();
    },
    resume: () => {
      if (!abort.signal.aborted) res.resume();
    },
  });
  res.onAborted(() => {
    abort.abort();
    body.abort();
  });
  if (hasBody(head))
    // The chunk is neutered after the callback.
    res.onData((chunk, isLast) => {
      body.push(Buffer.from(Buffer.from(chunk)), isLast);
    });
  else body.push(Buffer.alloc(0), true);
  return {
    request: { ...head, body, signal: abort.signal },
    isAborted: () => abort.signal.aborted,
  };
}

/** RFC 9112 section 6.3: a request has a body if it says its length or how it is transferred. */
function hasBody({ headers }: RequestHead): boolean {
  return headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0';
}

type Exchange = Pick<ListenOptions, 'route' | 'onError'> & { readonly request: Request };

async function answer({ request, route, onError }: Exchange): Promise<Response> {
  try {
    return await route(request);
  } catch (error) {
    onError(error);
    return { status: 500 };
  }
}
