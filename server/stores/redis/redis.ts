import { readFileSync } from 'node:fs';
import { Redis as RedisClient } from 'ioredis';
import type { Address } from '../../config/fields.js';
import type { Secret } from '../../contract/secret.js';
import { Unavailable } from '../../http/api-error.js';
import type { Store } from '../store.js';

export interface RedisOptions {
  readonly address: Address;
  readonly user: string;
  readonly password: Secret | undefined;
  readonly caFile: string | undefined;
  /** Told what the connection complains of; it reconnects by itself. */
  readonly onError: (error: Error) => void;
}

const commandTimeoutMs = 2_000;
/** At most so long between two attempts to reconnect. */
const maxReconnectMs = 2_000;

/** One Redis. Commands reject at once with {@link Unavailable} while it is away: nothing piles up. */
export class Redis implements Store {
  readonly id = 'redis';
  readonly #client: RedisClient;

  constructor({ address, user, password, caFile, onError }: RedisOptions) {
    this.#client = new RedisClient({
      host: address.host,
      port: address.port,
      ...(password !== undefined && { username: user, password: password.reveal() }),
      ...(caFile !== undefined && { tls: { ca: readFileSync(caFile) } }),
      lazyConnect: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: commandTimeoutMs,
      connectTimeout: commandTimeoutMs,
      retryStrategy: (attempt) => Math.min(attempt * 100, maxReconnectMs),
    });
    this.#client.on('error', onError);
  }

  /** Starts connecting; from then on the client reconnects by itself. */
  async connect(): Promise<void> {
    const { status } = this.#client;
    if (status === 'wait' || status === 'end') await this.#client.connect();
    await this.check();
  }

  async check(): Promise<void> {
    await this.run((client) => client.ping());
  }

  /** @throws {Unavailable} where Redis does not answer. */
  async run<T>(command: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await command(this.#client);
    } catch (error) {
      throw new Unavailable('redis', error);
    }
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}
