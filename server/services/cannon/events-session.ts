import { z } from 'zod';
import { isAfter } from '../../api/time-uuid.js';
import { AckKeeper, Acks } from './acks.js';
import { Follower, type Offer } from './follower.js';
import { eventFrame, markerFrame, missedFrame } from './frames.js';
import type { ReadNotification, SocketState } from './gundeck-link.js';
import { fullBytes, Session, type SessionOwner, type SessionTools } from './session.js';

const clientFrame = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('ack'),
    data: z.object({ delivery_tag: z.int().min(1), multiple: z.boolean() }),
  }),
  z.object({ type: z.literal('ack_full_sync') }),
]);

/** So many frames may wait to be acknowledged. Source: backend-api 5.2. */
const maxUnacked = 500;

/**
 * The socket of a client with a queue: it gets what it has not acknowledged, then its marker, then what comes. Without a
 * client it gets what comes, and nothing is kept. Source: backend-api 5.2.
 */
export class EventsSession extends Session {
  readonly #follower: Follower;
  readonly #acks = new Acks();
  readonly #keeper: AckKeeper | undefined;
  #marker: string | undefined;
  /** The client was told that it missed something, and has not said yet that it knows. */
  #missed = false;
  #newest = '';

  constructor(owner: SessionOwner, tools: SessionTools, marker: string | undefined) {
    super(owner, tools);
    const { user, client } = owner;
    this.#marker = client === undefined ? undefined : marker;
    if (client !== undefined)
      this.#keeper = new AckKeeper({
        keep: (id) => tools.link.acked({ user, client }, id),
        log: tools.log,
      });
    this.#follower = new Follower({
      ...owner,
      link: tools.link,
      log: tools.log,
      sink: {
        take: (notification) => {
          this.#send(notification, notification.id);
        },
        isFull: () => this.#isFull(),
        caughtUp: () => {
          this.#sendMarker();
        },
      },
    });
  }

  override offer(offer: Offer): void {
    this.#follower.offer(offer);
  }

  override takeTransient(notification: ReadNotification): void {
    if (!this.#missed && !this.#isFull()) this.#send(notification, undefined);
  }

  override learn({ newest }: SocketState): void {
    this.#newest = newest;
    this.#follower.learn(newest);
  }

  protected override opened({ newest, queue }: SocketState): void {
    this.#newest = newest;
    this.#missed = queue?.missed ?? false;
    if (this.#missed) this.socket?.send(missedFrame, true);
    else this.#follower.start(queue?.acked ?? newest, newest);
  }

  protected override heard(data: Buffer): void {
    const frame = parseFrame(data);
    if (frame === undefined) this.end(1003, 'failed-to-parse');
    else if (frame.type === 'ack_full_sync') void this.#fullSync();
    else if (this.#missed) this.end(1003, 'unexpected-ack');
    else this.#ack(frame.data.delivery_tag, frame.data.multiple);
  }

  protected override drained(): void {
    this.#follower.resume();
  }

  protected override closed(): void {
    this.#follower.stop();
    const { position } = this.#follower;
    // Also what is not for this client counts: it will have ended some day.
    if (this.#acks.count === 0 && position !== undefined) this.#keeper?.keep(position);
  }

  #ack(tag: number, multiple: boolean): void {
    const newest = this.#acks.ack(tag, multiple);
    if (newest !== undefined) this.#keeper?.keep(newest);
    this.#follower.resume();
  }

  async #fullSync(): Promise<void> {
    const { user, client } = this.owner;
    if (!this.#missed || client === undefined) {
      this.end(1003, 'unexpected-ack');
      return;
    }
    this.#missed = false;
    try {
      const acked = await this.tools.link.resume({ user, client });
      this.#follower.start(acked, isAfter(acked, this.#newest) ? acked : this.#newest);
    } catch (error) {
      this.tools.log.debug({ err: error }, 'could not go on');
      // It connects again and is told again.
      this.end(1011, 'try-again');
    }
  }

  #isFull(): boolean {
    return this.#acks.count >= maxUnacked || (this.socket?.bufferedBytes ?? 0) > fullBytes;
  }

  #send(notification: ReadNotification, id: string | undefined): void {
    this.socket?.send(eventFrame(this.#acks.add(id), notification), true);
  }

  #sendMarker(): void {
    const marker = this.#marker;
    if (marker === undefined) return;
    this.#marker = undefined;
    this.socket?.send(markerFrame(this.#acks.add(undefined), marker), true);
  }
}

function parseFrame(data: Buffer): z.output<typeof clientFrame> | undefined {
  try {
    return clientFrame.safeParse(JSON.parse(data.toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
