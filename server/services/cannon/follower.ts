import { isAfter } from '../../api/time-uuid.js';
import type { Logger } from '../../log/logger.js';
import type { GundeckLink, Owner, ReadNotification } from './gundeck-link.js';

/** A notification as gundeck offers it. */
export interface Offer {
  readonly id: string;
  /** The id before it in the log. */
  readonly previous: string;
  /** None means all. */
  readonly clients: readonly string[];
  readonly except: string | undefined;
  /** JSON text of the events; undefined where gundeck thought that nobody here wants it. */
  readonly payload: string | undefined;
}

/** Where a follower puts what it finds. */
export interface Sink {
  take(notification: ReadNotification): void;
  /** While it is full nothing is put in; whoever empties it calls `resume`. */
  readonly isFull: () => boolean;
  /** Everything that there is was put in. */
  readonly caughtUp: () => void;
}

export interface FollowerOptions extends Owner {
  /** Its own events are passed over. */
  readonly connection: string | undefined;
  readonly link: Pick<GundeckLink, 'read'>;
  readonly sink: Sink;
  readonly log: Logger;
}

/** What comes through another gundeck may be a moment behind. */
const gapMs = 20;
/** Between attempts to read while gundeck is away. */
const retryMs = 1_000;
/** So many offers ahead of a gap are kept; the others are read. */
const maxAhead = 256;

/**
 * Follows the log of a user from a position on, for one socket: every notification that the client may see, once and in
 * the order of the log. Offers that continue the log are taken as they are. Where one does not, something was missed,
 * and it is read from gundeck.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #position: string | undefined;
  /** The newest id that is known to be in the log. */
  #newest = '';
  /** Offers that cannot be taken yet, by the id before them. */
  readonly #ahead = new Map<string, Offer>();
  #timer: NodeJS.Timeout | undefined;
  #reading = false;
  #stopped = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Up to where the log was followed. */
  get position(): string | undefined {
    return this.#position;
  }

  /** Begins after `position`; the log is known to go up to `newest`. */
  start(position: string, newest: string): void {
    this.#position = position;
    this.#prune(position);
    this.learn(newest);
  }

  /** Takes what gundeck offers, or remembers that there is more. */
  offer(offer: Offer): void {
    if (this.#position !== undefined && !isAfter(offer.id, this.#position)) return;
    if (this.#ahead.size < maxAhead) this.#ahead.set(offer.previous, offer);
    if (isAfter(offer.id, this.#newest)) this.#newest = offer.id;
    this.#advance(gapMs);
  }

  /** The log goes up to here: whatever is missing is read. */
  learn(newest: string): void {
    if (isAfter(newest, this.#newest)) this.#newest = newest;
    this.#advance(0);
  }

  /** The sink has room again. */
  resume(): void {
    this.#advance(0);
  }

  /** Nothing is put in after that. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#ahead.clear();
  }

  get #isBehind(): boolean {
    return this.#position !== undefined && isAfter(this.#newest, this.#position);
  }

  #advance(waitMs: number): void {
    if (this.#stopped || this.#reading || this.#position === undefined) return;
    this.#takeOffers();
    if (!this.#isBehind) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#options.sink.caughtUp();
    } else if (!this.#options.sink.isFull()) this.#readSoon(waitMs);
  }

  /** Takes offers for as long as one continues the log. */
  #takeOffers(): void {
    while (this.#position !== undefined && !this.#options.sink.isFull()) {
      const offer = this.#ahead.get(this.#position);
      if (offer === undefined) return;
      const isMine = this.#isMine(offer);
      // It is for us after all: reading brings it.
      if (isMine && offer.payload === undefined) return;
      this.#ahead.delete(this.#position);
      this.#position = offer.id;
      if (isMine && offer.payload !== undefined) this.#put({ ...offer, payload: offer.payload });
    }
  }

  #isMine({ clients }: Offer): boolean {
    const { client } = this.#options;
    return client === undefined || clients.length === 0 || clients.includes(client);
  }

  #put(notification: ReadNotification): void {
    const { connection, sink } = this.#options;
    const isOwn = notification.except !== undefined && notification.except === connection;
    if (!isOwn) sink.take(notification);
  }

  #readSoon(waitMs: number): void {
    if (this.#timer !== undefined && waitMs > 0) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#read();
    }, waitMs);
  }

  async #read(): Promise<void> {
    const { link, log } = this.#options;
    if (this.#reading || this.#stopped || this.#position === undefined) return;
    this.#reading = true;
    const known = this.#newest;
    try {
      const page = await link.read(this.#options, this.#position);
      this.#reading = false;
      if (this.#isStopped()) return;
      this.#takePage(page, known);
      this.#advance(page.more ? 0 : gapMs);
    } catch (error) {
      this.#reading = false;
      log.debug({ err: error }, 'could not read on');
      if (!this.#isStopped()) this.#readSoon(retryMs);
    }
  }

  /** `known` was in the log before the page was read: where the page ends before it, it has ended itself. */
  #takePage(page: Awaited<ReturnType<GundeckLink['read']>>, known: string): void {
    for (const notification of page.notifications) {
      if (this.#options.sink.isFull()) return;
      this.#position = notification.id;
      this.#put(notification);
    }
    const isLast = !page.more && isAfter(known, page.position);
    this.#position = isLast ? known : page.position;
    this.#prune(this.#position);
  }

  #prune(position: string): void {
    for (const [previous, { id }] of this.#ahead)
      if (!isAfter(id, position)) this.#ahead.delete(previous);
  }

  #isStopped(): boolean {
    return this.#stopped;
  }
}
