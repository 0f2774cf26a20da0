import { startOfTime, timeUuids } from '../../api/time-uuid.js';
import type { Clock } from '../../clock.js';
import type { Push } from '../../internal-api/gundeck.js';
import type { Delivery } from './delivery.js';
import type { LogWriter } from './log-writer.js';
import { maxPayloadBytes, type Payload, type Payloads } from './payloads.js';

export interface PusherOptions {
  readonly payloads: Payloads;
  readonly writer: LogWriter;
  readonly delivery: Delivery;
  readonly clock: Clock;
}

/** Pushes of other services: stored for each recipient, then delivered. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #newId = timeUuids();

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Settles once all that is not transient is stored. False where a payload is too large to be; then nothing is. */
  async push(pushes: readonly Push[]): Promise<boolean> {
    const texts = pushes.map(({ payload }) => JSON.stringify(payload));
    if (texts.some((text) => Buffer.byteLength(text) > maxPayloadBytes)) return false;
    const payloads = await Promise.all(
      pushes.map((push, at) => this.#payloadOf(push, texts[at] ?? '')),
    );
    // No await between these: each log gets its entries in the order of the pushes.
    const stored = pushes.flatMap((push, at) => {
      const payload = payloads[at];
      if (payload !== undefined) return this.#append(push, payload);
      this.#sendTransient(push, texts[at] ?? '');
      return [];
    });
    await Promise.all(stored);
    return true;
  }

  async #payloadOf({ transient }: Push, text: string): Promise<Payload | undefined> {
    return transient === true ? undefined : this.#options.payloads.store(text);
  }

  #append(push: Push, payload: Payload): Promise<void>[] {
    return push.recipients.map(({ user, clients }) =>
      this.#options.writer.append({
        user,
        clients: clients === 'all' ? [] : clients,
        except: exceptFor(user, push),
        payload,
      }),
    );
  }

  #sendTransient(push: Push, payload: string): void {
    const { clock, delivery } = this.#options;
    const id = this.#newId(clock.nowMs(), startOfTime);
    for (const { user, clients } of push.recipients) {
      const outgoing = {
        user,
        id,
        previous: undefined,
        clients: clients === 'all' ? [] : clients,
        except: exceptFor(user, push),
        payload,
      };
      void delivery.send(user, [outgoing]);
    }
  }
}

/** The connection of this user that is passed over. */
function exceptFor(user: string, { origin, originConnection }: Push): string | undefined {
  return origin === undefined || origin === user ? originConnection : undefined;
}
