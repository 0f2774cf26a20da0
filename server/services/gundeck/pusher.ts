import { startOfTime, timeUuids } from '../../api/time-uuid.js';
import type { Clock } from '../../clock.js';
import { Unavailable } from '../../http/api-error.js';
import type { CallCause } from '../../http/internal-client.js';
import type { Push } from '../../internal-api/gundeck.js';
import type { Delivery } from './delivery.js';
import { NotTheWriter, type LogWriter } from './log-writer.js';
import { maxPayloadBytes, type Payload, type Payloads } from './payloads.js';
import type { WriterLink } from './writer-link.js';

export interface PusherOptions {
  readonly payloads: Payloads;
  readonly writer: LogWriter;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly link: WriterLink;
}

/** Pushes of other services: stored for each recipient, then delivered. */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #newId = timeUuids();

  constructor(options: PusherOptions) {
    this.#options = options;
  }

  /** Settles once all that is not transient is stored, here or by the gundeck that writes. False where a payload is too large. */
  async push(pushes: readonly Push[], cause: CallCause): Promise<boolean> {
    const lasting = pushes.filter(({ transient }) => transient !== true);
    const isStored =
      lasting.length === 0 ||
      (await this.#options.link.push(lasting, { here: () => this.write(lasting), cause }));
    for (const one of pushes) if (isStored && one.transient === true) this.#sendTransient(one);
    return isStored;
  }

  /** Stores pushes for all recipients here. Undefined where another gundeck writes the logs, and nothing was stored. */
  async write(pushes: readonly Push[]): Promise<boolean | undefined> {
    const texts = pushes.map(({ payload }) => JSON.stringify(payload));
    if (texts.some((text) => Buffer.byteLength(text) > maxPayloadBytes)) return false;
    const payloads = await Promise.all(texts.map((text) => this.#options.payloads.store(text)));
    // No await between these: each log gets its entries in the order of the pushes.
    const stored = pushes.flatMap((push, at) => {
      const payload = payloads[at];
      return payload === undefined ? [] : this.#append(push, payload);
    });
    const failures = (await Promise.allSettled(stored)).flatMap((one) =>
      one.status === 'rejected' ? [one] : [],
    );
    if (failures.length === 0) return true;
    const isOther = failures.every(({ reason }) => reason instanceof NotTheWriter);
    if (isOther && failures.length === stored.length) return undefined;
    throw new Unavailable('cassandra', failures[0]?.reason);
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

  #sendTransient(push: Push): void {
    const payload = JSON.stringify(push.payload);
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
