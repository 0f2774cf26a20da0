import { Follower, type Offer } from './follower.js';
import { legacyFrame } from './frames.js';
import type { ReadNotification, SocketState } from './gundeck-link.js';
import { fullBytes, Session, type SessionOwner, type SessionTools } from './session.js';

const pong = Buffer.from('pong');

/**
 * The legacy socket: what comes after it opened goes to the client, which fetches what came before. Source:
 * backend-api 3.9.
 */
export class AwaitSession extends Session {
  readonly #follower: Follower;
  /** The client has a queue: the log goes there. */
  #isQueued = false;

  constructor(owner: SessionOwner, tools: SessionTools) {
    super(owner, tools);
    this.#follower = new Follower({
      ...owner,
      link: tools.link,
      log: tools.log,
      sink: {
        take: (notification) => this.socket?.send(legacyFrame(notification), true),
        isFull: () => (this.socket?.bufferedBytes ?? 0) > fullBytes,
        caughtUp: () => undefined,
      },
    });
  }

  override offer(offer: Offer): void {
    if (!this.#isQueued) this.#follower.offer(offer);
  }

  override takeTransient(notification: ReadNotification): void {
    if (!this.#isQueued) this.socket?.send(legacyFrame(notification, true), true);
  }

  override learn({ newest, queue }: SocketState): void {
    if (queue !== undefined) this.#queue();
    else this.#follower.learn(newest);
  }

  protected override opened({ newest, queue }: SocketState): void {
    if (queue !== undefined) this.#queue();
    else this.#follower.start(newest, newest);
  }

  protected override heard(data: Buffer): void {
    if (data.equals(ping)) this.socket?.send(pong, false);
  }

  protected override drained(): void {
    this.#follower.resume();
  }

  protected override closed(): void {
    this.#follower.stop();
  }

  #queue(): void {
    this.#isQueued = true;
    this.#follower.stop();
  }
}

const ping = Buffer.from('ping');
