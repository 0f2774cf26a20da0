import { inspect } from 'node:util';

const redacted = '[redacted]';

/**
 * A secret text that prints as `[redacted]` through string, JSON and inspect;
 * only {@link Secret.reveal} gives the clear text.
 */
export class Secret {
  readonly #clearText: string;

  constructor(clearText: string) {
    this.#clearText = clearText;
  }

  /** The clear text: for the one place that hands it to its user, never for a message. */
  reveal(): string {
    return this.#clearText;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
