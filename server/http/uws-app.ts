import {
  App,
  us_listen_socket_close,
  us_socket_local_port,
  type HttpRequest,
  type HttpResponse,
} from 'uWebSockets.js';

/** What a route may know of a request; copied, because uWebSockets.js reuses its own object after the handler returns. */
export interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Aborts when the client goes away before it was answered. */
  readonly signal: AbortSignal;
}

export interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export type Route = (request: Request) => Response | Promise<Response>;

export interface HttpServer {
  readonly port: number;
  /** Takes no new connections; open requests are still answered. */
  close(): void;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly route: Route;
  /** Told what a route threw; the client gets a plain 500. */
  readonly onError: (error: unknown) => void;
}

/** Serves HTTP on an address; the only place that knows uWebSockets.js. */
export async function listen({ host, port, route, onError }: ListenOptions): Promise<HttpServer> {
  const app = App().any('/*', (res, req) => {
    void answer({ res, request: copyRequest(res, req), route, onError });
  });
  const socket = await new Promise<Parameters<typeof us_listen_socket_close>[0]>(
    (resolve, reject) => {
      app.listen(host, port, (listening) => {
        if (listening) resolve(listening);
        else reject(new Error(`cannot listen on ${host} port ${String(port)}: is it in use?`));
      });
    },
  );
  return {
    port: us_socket_local_port(socket),
    close: () => {
      us_listen_socket_close(socket);
    },
  };
}

function copyRequest(res: HttpResponse, req: HttpRequest): Request {
  const headers = new Map<string, string>();
  req.forEach((name, value) => headers.set(name, value));
  const abort = new AbortController();
  res.onAborted(() => {
    abort.abort();
  });
  return {
    method: req.getMethod(),
    path: req.getUrl(),
    query: req.getQuery(),
    headers,
    signal: abort.signal,
  };
}

interface Exchange extends Pick<ListenOptions, 'route' | 'onError'> {
  readonly res: HttpResponse;
  readonly request: Request;
}

async function answer({ res, request, route, onError }: Exchange): Promise<void> {
  let response: Response;
  try {
    response = await route(request);
  } catch (error) {
    onError(error);
    response = { status: 500 };
  }
  if (request.signal.aborted) return;
  res.cork(() => {
    res.writeStatus(String(response.status));
    for (const [name, value] of Object.entries(response.headers ?? {}))
      res.writeHeader(name, value);
    res.end(response.body ?? '');
  });
}
