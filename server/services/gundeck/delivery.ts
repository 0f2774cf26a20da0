import type { Logger } from '../../log/logger.js';
import type { Cannons } from './cannons.js';
import { Outbox } from './outbox.js';
import type { Presence, Presences } from './presences.js';

/** What goes to the sockets of one user. */
export interface Outgoing {
  readonly user: string;
  readonly id: string;
  /** The id before it in the user's log; undefined where it is not in the log. */
  readonly previous: string | undefined;
  readonly clients: readonly string[];
  readonly except: string | undefined;
  /** JSON text of the events. */
  readonly payload: string;
}

export interface DeliveryOptions {
  readonly presences: Presences;
  readonly cannons: Cannons;
  readonly log: Logger;
}

/** Outboxes that were not used for so long are closed: replicas of cannon come and go. */
const unusedMs = 600_000;

/** Brings notifications to the cannons that hold sockets of a user, or to all where nobody knows which those are. */
export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #outboxes = new Map<string, Outbox>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /**
   * Sends to a user's sockets, in the order of the calls as long as Redis answers. Never rejects: what was not
   * delivered is fetched.
   */
  async send(user: string, outgoing: readonly Outgoing[]): Promise<void> {
    try {
      const presences = await this.#find(user);
      if (presences === undefined) await this.#offerToAll(outgoing);
      else this.#offer(presences, outgoing);
    } catch (error) {
      this.#options.log.warn({ err: error, user }, 'could not deliver');
    }
  }

  /** Ends the connections to cannons. */
  async close(): Promise<void> {
    await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.close()));
  }

  /** Undefined where it is not known. */
  async #find(user: string): Promise<readonly Presence[] | undefined> {
    try {
      return await this.#options.presences.of(user);
    } catch (error) {
      this.#options.log.debug({ err: error, user }, 'no presences, asking every cannon');
      return undefined;
    }
  }

  #offer(presences: readonly Presence[], outgoing: readonly Outgoing[]): void {
    const byCannon = group(presences);
    for (const [cannonUrl, here] of byCannon) {
      const outbox = this.#outboxOf(cannonUrl);
      const sockets = here.map(({ socket }) => socket);
      for (const { payload, previous, ...target } of outgoing) {
        const isWanted = here.some(({ client }) => isFor(target.clients, client));
        const transient = previous === undefined;
        if (!isWanted && transient) continue;
        outbox.offer({
          payload: isWanted ? payload : undefined,
          transient,
          target: { ...target, previous, sockets, clients: [...target.clients] },
        });
      }
    }
  }

  async #offerToAll(outgoing: readonly Outgoing[]): Promise<void> {
    for (const cannonUrl of await this.#options.cannons.all()) {
      const outbox = this.#outboxOf(cannonUrl);
      for (const { payload, previous, ...target } of outgoing)
        outbox.offer({
          payload,
          transient: previous === undefined,
          target: { ...target, previous, sockets: [], clients: [...target.clients] },
        });
    }
  }

  #outboxOf(cannonUrl: string): Outbox {
    const known = this.#outboxes.get(cannonUrl);
    if (known !== undefined) return known;
    this.#closeUnused();
    const { log, presences } = this.#options;
    const outbox = new Outbox({
      cannonUrl,
      log,
      onGone: (sockets) => {
        presences.forget(sockets).catch((error: unknown) => {
          log.debug({ err: error }, 'presences stay until they end');
        });
      },
    });
    this.#outboxes.set(cannonUrl, outbox);
    return outbox;
  }

  #closeUnused(): void {
    const oldestMs = performance.now() - unusedMs;
    for (const [url, outbox] of this.#outboxes) {
      if (!outbox.idle || outbox.usedAtMs > oldestMs) continue;
      this.#outboxes.delete(url);
      void outbox.close();
    }
  }
}

function group(presences: readonly Presence[]): Map<string, Presence[]> {
  const groups = new Map<string, Presence[]>();
  for (const presence of presences) {
    const here = groups.get(presence.cannonUrl) ?? [];
    here.push(presence);
    groups.set(presence.cannonUrl, here);
  }
  return groups;
}

function isFor(clients: readonly string[], client: string | undefined): boolean {
  return client === undefined || clients.length === 0 || clients.includes(client);
}
