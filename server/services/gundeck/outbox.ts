import { randomUUID } from 'node:crypto';
import { internalClient, type InternalClient } from '../../http/internal-client.js';
import { deliverEndpoint, type Delivery, type Target } from '../../internal-api/cannon.js';
import type { Logger } from '../../log/logger.js';

/** A notification for one user with sockets at a cannon. */
export interface OutItem {
  /** JSON text; undefined where only the log moves on. */
  readonly payload: string | undefined;
  readonly transient: boolean;
  readonly target: Target;
}

export interface OutboxOptions {
  readonly cannonUrl: string;
  readonly log: Logger;
  /** Told which sockets are not there. */
  readonly onGone: (sockets: readonly { readonly user: string; readonly socket: string }[]) => void;
}

/** A cannon that is slower loses the rest: its sockets fetch what they miss. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** So much goes in one call. */
const maxCallBytes = 8 * 1024 * 1024;
const maxCallItems = 2_000;
/** What an item costs beside its payload, about. */
const itemBytes = 300;

/** What waits for one cannon: one call at a time, so that order is kept and what comes meanwhile goes together. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #client: InternalClient;
  #waiting: OutItem[] = [];
  #waitingBytes = 0;
  #busy = false;
  usedAtMs = performance.now();

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#client = internalClient({ service: 'cannon', baseUrl: options.cannonUrl });
  }

  /** Takes an item. */
  offer(item: OutItem): void {
    this.usedAtMs = performance.now();
    if (this.#waitingBytes > maxWaitingBytes) return;
    this.#waiting.push(item);
    this.#waitingBytes += sizeOf(item);
    if (!this.#busy) void this.#send();
  }

  /** True where nothing waits. */
  get idle(): boolean {
    return !this.#busy;
  }

  /** Ends its connections. */
  close(): Promise<void> {
    return this.#client.close();
  }

  async #send(): Promise<void> {
    this.#busy = true;
    const { cannonUrl, log, onGone } = this.#options;
    while (this.#waiting.length > 0) {
      const body = together(this.#take());
      try {
        const answer = await this.#client.call(
          deliverEndpoint,
          { body },
          { requestId: randomUUID() },
        );
        if (answer.body.gone.length > 0) onGone(answer.body.gone);
      } catch (error) {
        // Its sockets see that they missed something, or its clients connect elsewhere and fetch.
        log.warn({ err: error, cannonUrl }, 'a cannon did not take notifications');
      }
    }
    this.#busy = false;
  }

  #take(): OutItem[] {
    let sizeBytes = 0;
    let count = 0;
    for (const item of this.#waiting) {
      sizeBytes += sizeOf(item);
      if (count > 0 && (count === maxCallItems || sizeBytes > maxCallBytes)) break;
      count += 1;
    }
    const taken = this.#waiting.slice(0, count);
    this.#waiting = this.#waiting.slice(count);
    this.#waitingBytes -= taken.reduce((sum, item) => sum + sizeOf(item), 0);
    return taken;
  }
}

function sizeOf({ payload }: OutItem): number {
  return (payload?.length ?? 0) + itemBytes;
}

/** One delivery for neighbours of one payload; nobody's order changes. */
function together(items: readonly OutItem[]): Delivery[] {
  const deliveries: Delivery[] = [];
  for (const { payload, transient, target } of items) {
    const before = deliveries.at(-1);
    if (before?.payload === payload && before?.transient === transient) before.targets.push(target);
    else
      deliveries.push({
        ...(payload !== undefined && { payload }),
        transient,
        targets: [target],
      });
  }
  return deliveries;
}
