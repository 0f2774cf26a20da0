import { randomUUID } from 'node:crypto';
import type { Socket, SocketHandler } from '../../http/uws-sockets.js';
import type { PresentSocket } from '../../internal-api/gundeck-sockets.js';
import type { Logger } from '../../log/logger.js';
import type { Offer } from './follower.js';
import type { GundeckLink, ReadNotification, SocketState } from './gundeck-link.js';

/** Who opened a socket, and what for. */
export interface SessionOwner {
  readonly user: string;
  readonly client: string | undefined;
  /** The connection that the access token names. */
  readonly connection: string | undefined;
  readonly kind: PresentSocket['kind'];
}

export interface SessionTools {
  readonly link: GundeckLink;
  readonly log: Logger;
  /** Told when the socket is closed. */
  readonly onClosed: (session: Session) => void;
}

/** A client that has this much waiting for it gets nothing more until it took some. */
export const fullBytes = 1024 * 1024;
/** Source: backend-api 3.9. */
const maxAgeMs = 3 * 24 * 3_600_000;

/** One client's socket, from before it is open until it is closed. */
export abstract class Session implements SocketHandler {
  readonly id = randomUUID();
  readonly owner: SessionOwner;
  protected readonly tools: SessionTools;
  protected socket: Socket | undefined;
  readonly #madeAtMs = performance.now();
  #heardAtMs = performance.now();
  #pinged = false;
  #state: SocketState | undefined;
  #ended = false;

  constructor(owner: SessionOwner, tools: SessionTools) {
    this.owner = owner;
    this.tools = tools;
  }

  /** Notifications of the log. */
  abstract offer(offer: Offer): void;

  /** A notification that is in no log. */
  abstract takeTransient(notification: ReadNotification): void;

  /** Gundeck was told again and says how it stands. */
  abstract learn(state: SocketState): void;

  protected abstract opened(state: SocketState): void;

  protected abstract heard(data: Buffer, isBinary: boolean): void;

  protected abstract drained(): void;

  protected abstract closed(): void;

  /** As it is told to gundeck. */
  get presence(): PresentSocket {
    const { user, client, kind } = this.owner;
    return { user, socket: this.id, kind, ...(client !== undefined && { client }) };
  }

  /** What gundeck says before the socket opens. */
  prepare(state: SocketState): void {
    this.#state = state;
  }

  /** True once it is over, also where it never opened. */
  get ended(): boolean {
    return this.#ended;
  }

  onOpen(socket: Socket): void {
    this.socket = socket;
    this.#heardAtMs = performance.now();
    if (this.#state !== undefined) this.opened(this.#state);
  }

  onMessage(data: Buffer, isBinary: boolean): void {
    this.#hear();
    this.heard(data, isBinary);
  }

  onPong(): void {
    this.#hear();
  }

  onDrain(): void {
    this.#hear();
    this.drained();
  }

  onClose(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.closed();
    this.tools.onClosed(this);
  }

  /** Ends the socket. */
  end(code: number, reason: string): void {
    if (this.socket === undefined) this.onClose();
    else this.socket.close(code, reason);
  }

  /** Pings a client that is silent for `silenceMs`, and ends the socket where it stays so for as long again. */
  watch(silenceMs: number): void {
    const nowMs = performance.now();
    const silentMs = nowMs - this.#heardAtMs;
    if (nowMs - this.#madeAtMs > maxAgeMs) this.end(1001, 'too-old');
    else if (silentMs > 2 * silenceMs) this.end(1002, 'inactivity');
    else if (silentMs > silenceMs && !this.#pinged) {
      this.#pinged = true;
      this.socket?.ping();
    }
  }

  #hear(): void {
    this.#heardAtMs = performance.now();
    this.#pinged = false;
  }
}
