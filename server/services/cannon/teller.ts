import type { Logger } from '../../log/logger.js';
import type { GundeckLink, SocketState } from './gundeck-link.js';
import type { Session } from './session.js';

export interface TellerOptions {
  readonly link: GundeckLink;
  readonly log: Logger;
  /** How often gundeck is told of a socket. */
  readonly everyMs: number;
}

/** How soon it is told again what did not reach Redis. */
const againMs = 1_000;
/** So many sockets go in one call. */
const maxTold = 500;

/**
 * Tells gundeck where sockets are, when they open and again from then on, because Redis forgets. Gundeck answers with the
 * newest id in each log, so that a socket that missed the last notification learns of it too.
 */
export class Teller {
  readonly #options: TellerOptions;
  /** When a socket is to be told of again. */
  readonly #dueMs = new Map<Session, number>();
  #gone: Session[] = [];

  constructor(options: TellerOptions) {
    this.#options = options;
  }

  /** Tells of a socket before it opens. @throws {Unavailable} where gundeck is away. */
  async opens(session: Session): Promise<SocketState> {
    const { complete, states } = await this.#options.link.tell([session.presence]);
    const [state] = states;
    if (state === undefined) throw new TypeError('expected one state of one socket');
    this.#dueMs.set(session, this.#nextMs(complete));
    return state;
  }

  /** A socket is closed. */
  closed(session: Session): void {
    if (this.#dueMs.delete(session)) this.#gone.push(session);
  }

  /** Tells of all that are due, and of those that are gone. */
  async tick(): Promise<void> {
    const nowMs = performance.now();
    const due = [...this.#dueMs].filter(([, dueMs]) => dueMs <= nowMs).map(([session]) => session);
    for (let at = 0; at < due.length; at += maxTold) await this.#tell(due.slice(at, at + maxTold));
    await this.#tellGone();
  }

  async #tell(sessions: readonly Session[]): Promise<void> {
    const { link, log } = this.#options;
    try {
      const { complete, states } = await link.tell(sessions.map(({ presence }) => presence));
      sessions.forEach((session, at) => {
        if (!this.#dueMs.has(session)) return;
        this.#dueMs.set(session, this.#nextMs(complete));
        const state = states[at];
        if (state !== undefined) session.learn(state);
      });
    } catch (error) {
      log.warn({ err: error }, 'could not tell gundeck of sockets');
      for (const session of sessions)
        if (this.#dueMs.has(session)) this.#dueMs.set(session, this.#nextMs(false));
    }
  }

  async #tellGone(): Promise<void> {
    const gone = this.#gone.map(({ owner, id }) => ({ user: owner.user, socket: id }));
    this.#gone = [];
    try {
      if (gone.length > 0) await this.#options.link.gone(gone);
    } catch (error) {
      // They end by themselves.
      this.#options.log.debug({ err: error }, 'could not tell gundeck of closed sockets');
    }
  }

  #nextMs(complete: boolean): number {
    return performance.now() + (complete ? this.#options.everyMs : againMs);
  }
}
