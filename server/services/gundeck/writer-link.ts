import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../../error-code.js';
import { Unavailable } from '../../http/api-error.js';
import { internalClient, type CallCause, type InternalClient } from '../../http/internal-client.js';
import { writerEndpoint, type Push } from '../../internal-api/gundeck.js';
import type { Lease } from './lease.js';

/** How long a push waits for a writer: less than whoever pushes waits. */
const patienceMs = 4_000;
const againMs = 100;
/** A call that failed so never began. */
const neverBegan: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export interface WriterCall {
  /** Stores the pushes in this process. Undefined where it is not the writer, and nothing was stored. */
  readonly here: () => Promise<boolean | undefined>;
  readonly cause: CallCause;
}

/** The way to the gundeck that writes the logs. */
export class WriterLink {
  readonly #lease: Lease;
  #client: { readonly url: string; readonly calls: InternalClient } | undefined;

  constructor(lease: Lease) {
    this.#lease = lease;
  }

  /**
   * Hands pushes to the writer, and waits where there is none at the moment.
   *
   * @returns false where a payload is too large.
   * @throws {Unavailable} where no writer came, or it is not known what became of the pushes.
   */
  async push(pushes: readonly Push[], { here, cause }: WriterCall): Promise<boolean> {
    const endMs = performance.now() + patienceMs;
    do {
      const done = this.#lease.term === undefined ? await this.#there(pushes, cause) : await here();
      if (done !== undefined) return done;
      await pause(againMs);
    } while (performance.now() < endMs);
    throw new Unavailable('gundeck', new Error('no gundeck writes the logs at the moment'));
  }

  close(): Promise<void> {
    return this.#client?.calls.close() ?? Promise.resolve();
  }

  /** Undefined where nothing was stored because there is no writer. */
  async #there(pushes: readonly Push[], cause: CallCause): Promise<boolean | undefined> {
    const url = await this.#lease.ownerUrl();
    if (url === undefined) return undefined;
    try {
      const body = [...pushes];
      const { status } = await this.#callsTo(url).call(writerEndpoint, { body }, cause);
      return status === 409 ? undefined : status === 200;
    } catch (error) {
      if (error instanceof Unavailable && neverBegan.has(errorCode(error.cause))) return undefined;
      throw error;
    }
  }

  #callsTo(url: string): InternalClient {
    if (this.#client?.url === url) return this.#client.calls;
    void this.#client?.calls.close();
    const calls = internalClient({ service: 'gundeck', baseUrl: url });
    this.#client = { url, calls };
    return calls;
  }
}
