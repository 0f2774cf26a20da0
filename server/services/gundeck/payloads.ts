import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Cassandra } from '../../stores/cassandra/cassandra.js';
import { select, write } from '../../stores/cassandra/statement.js';

/** Events as JSON text, with where they are stored. */
export interface Payload {
  readonly text: string;
  readonly sizeBytes: number;
  /** Where it is stored once for all recipients; undefined where each one's row holds it. */
  readonly id: string | undefined;
}

/** Larger ones would be stored once more for every recipient. */
const inlineBytes = 4 * 1024;
/** Cassandra takes no write of more than half a segment of its commit log, 16 MiB. */
export const maxPayloadBytes = 8 * 1024 * 1024;
/** A payload outlives the rows that name it. */
const longerSeconds = 3_600;

const insert = write('INSERT INTO notification_payload (id, payload) VALUES (?, ?) USING TTL ?');
const find = select(
  'SELECT payload FROM notification_payload WHERE id = ?',
  z.object({ payload: z.string() }),
);

/** Payloads that are too large for the rows of their recipients. */
export class Payloads {
  readonly #cassandra: Cassandra;
  readonly #lifeSeconds: number;

  constructor(cassandra: Cassandra, lifeSeconds: number) {
    this.#cassandra = cassandra;
    this.#lifeSeconds = lifeSeconds + longerSeconds;
  }

  /** Stores a payload where it is large. */
  async store(text: string): Promise<Payload> {
    const sizeBytes = Buffer.byteLength(text);
    if (sizeBytes <= inlineBytes) return { text, sizeBytes, id: undefined };
    const id = randomUUID();
    await this.#cassandra.write(insert, [id, text, this.#lifeSeconds]);
    return { text, sizeBytes, id };
  }

  /** The text of a stored payload. */
  async read(id: string): Promise<string | undefined> {
    return (await this.#cassandra.one(find, [id]))?.payload;
  }
}
