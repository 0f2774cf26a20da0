import { setTimeout as pause } from 'node:timers/promises';
import type { Event } from '../../api/event.js';
import { Unavailable } from '../../http/api-error.js';
import type { CallContext, Identity } from '../../http/endpoint.js';
import type { InternalClient } from '../../http/internal-client.js';
import { pushEndpoint, type Push } from '../../internal-api/gundeck.js';

/** Who caused an event, where it was a client. */
export type Origin = Pick<Identity, 'user' | 'connection'>;

const attempts = 3;
const pauseMs = 200;

/** Tells users what happened, through gundeck. */
export class Events {
  readonly #gundeck: InternalClient;

  constructor(gundeck: InternalClient) {
    this.#gundeck = gundeck;
  }

  /**
   * Tells all clients of some users; resolves once it is stored for them.
   *
   * @throws {Unavailable} where gundeck did not store it after some attempts.
   */
  async tell(
    users: readonly string[],
    event: Event,
    cause: CallContext,
    origin?: Origin,
  ): Promise<void> {
    const push: Push = {
      recipients: users.map((user) => ({ user, clients: 'all' })),
      payload: [event],
      ...(origin !== undefined && { origin: origin.user, originConnection: origin.connection }),
    };
    await this.#send(push, cause);
  }

  async #send(push: Push, cause: CallContext): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#gundeck.call(pushEndpoint, { body: [push] }, cause);
        return;
      } catch (error) {
        if (!(error instanceof Unavailable) || attempt === attempts) throw error;
        cause.log.warn({ err: error }, 'could not tell an event, will try again');
      }
      await pause(pauseMs * attempt);
    }
  }
}
