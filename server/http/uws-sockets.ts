import type { HttpRequest, HttpResponse, TemplatedApp, WebSocket } from 'uWebSockets.js';
import { copyHead, type RequestHead, type Response } from './uws-head.js';
import { respond } from './uws-respond.js';
import { BodyStream } from './body-stream.js';

/** What became of a frame: `queued` waits for a slow client, `dropped` never arrives. */
export type SendOutcome = 'sent' | 'queued' | 'dropped';

/** One open WebSocket. After it closed, sending answers `dropped` and closing does nothing. */
export interface Socket {
  send(data: string | Uint8Array, isBinary?: boolean): SendOutcome;
  ping(): void;
  /** Bytes that wait for the client. */
  readonly bufferedBytes: number;
  readonly open: boolean;
  close(code: number, reason: string): void;
  /** Cuts the connection without a closing handshake. */
  cut(): void;
}

/** What a session does with what happens on its socket. */
export interface SocketHandler {
  onOpen(socket: Socket): void;
  onMessage(data: Buffer, isBinary: boolean): void;
  onPong(): void;
  /** The client took what had been queued. */
  onDrain(): void;
  onClose(code: number): void;
}

/** Accepts a client that wants a WebSocket with a handler, or refuses it with a response. */
export type SocketUpgrade = (head: RequestHead) => Promise<SocketHandler | Response>;

export interface SocketServing {
  readonly app: TemplatedApp;
  readonly upgrade: SocketUpgrade;
  readonly onError: (error: unknown) => void;
}

interface Session {
  readonly handler: SocketHandler;
  open: boolean;
}

/** Larger frames close the socket: clients send pings and acknowledgements only. */
const maxFrameBytes = 64 * 1024;
/** A client that is behind by more is cut off; it fetches what it missed. */
const maxBackpressureBytes = 16 * 1024 * 1024;

/** Lets an app take WebSockets on any path that `upgrade` accepts. */
export function addSockets({ app, upgrade, onError }: SocketServing): void {
  app.ws<Session>('/*', {
    maxPayloadLength: maxFrameBytes,
    maxBackpressure: maxBackpressureBytes,
    closeOnBackpressureLimit: 1,
    // Sessions watch over idle clients themselves: the two kinds of socket do so differently.
    idleTimeout: 0,
    sendPingsAutomatically: false,
    upgrade: (res, req, context) => {
      void decide({ res, req, context, upgrade }).catch(onError);
    },
    open: (ws) => {
      ws.getUserData().open = true;
      ws.getUserData().handler.onOpen(socketOf(ws));
    },
    message: (ws, message, isBinary) => {
      ws.getUserData().handler.onMessage(Buffer.from(Buffer.from(message)), isBinary);
    },
    pong: (ws) => {
      ws.getUserData().handler.onPong();
    },
    drain: (ws) => {
      ws.getUserData().handler.onDrain();
    },
    close: (ws, code) => {
      ws.getUserData().open = false;
      ws.getUserData().handler.onClose(code);
    },
  });
}

interface Upgrading {
  readonly res: HttpResponse;
  readonly req: HttpRequest;
  readonly context: Parameters<HttpResponse['upgrade']>[4];
  readonly upgrade: SocketUpgrade;
}

async function decide({ res, req, context, upgrade }: Upgrading): Promise<void> {
  const head = copyHead(res, req);
  const abort = new AbortController();
  res.onAborted(() => {
    abort.abort();
  });
  const decision = await settle(upgrade(head));
  if (abort.signal.aborted) return;
  if ('handler' in decision) {
    const header = (name: string) => head.headers.get(name) ?? '';
    res.cork(() => {
      res.upgrade<Session>(
        { handler: decision.handler, open: false },
        header('sec-websocket-key'),
        header('sec-websocket-protocol'),
        header('sec-websocket-extensions'),
        context,
      );
    });
    return;
  }
  const body = new BodyStream({ pause: () => undefined, resume: () => undefined });
  const request = { ...head, body, signal: abort.signal };
  const isAborted = () => abort.signal.aborted;
  await respond({ res, request, response: decision.response, isAborted, lastOnConnection: true });
  if ('error' in decision) throw decision.error;
}

type Decision =
  { readonly handler: SocketHandler } | { readonly response: Response; readonly error?: unknown };

async function settle(decision: Promise<SocketHandler | Response>): Promise<Decision> {
  try {
    const settled = await decision;
    return 'onOpen' in settled ? { handler: settled } : { response: settled };
  } catch (error) {
    return { response: { status: 500 }, error };
  }
}

/** uWebSockets.js throws when a closed socket is touched, so nothing touches one. */
function socketOf(ws: WebSocket<Session>): Socket {
  const session = ws.getUserData();
  return {
    send(data, isBinary = typeof data !== 'string') {
      if (!session.open) return 'dropped';
      const outcome = ws.send(data, isBinary);
      if (outcome === 1) return 'sent';
      return outcome === 0 ? 'queued' : 'dropped';
    },
    ping() {
      if (session.open) ws.ping();
    },
    get bufferedBytes() {
      return session.open ? ws.getBufferedAmount() : 0;
    },
    get open() {
      return session.open;
    },
    close(code, reason) {
      if (session.open) ws.end(code, reason);
    },
    cut() {
      if (session.open) ws.close();
    },
  };
}
