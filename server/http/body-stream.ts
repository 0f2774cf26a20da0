/** How a stream tells its connection to wait. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** The client went away before its body was complete. */
export class BodyAborted extends Error {
  override readonly name = 'BodyAborted';
}

/** So much is held for a reader that is slower than the connection. */
const highWaterBytes = 256 * 1024;

/**
 * The bytes of a request's body as they come, for one reader. While the reader is behind, the connection waits,
 * so that no more than {@link highWaterBytes} and one chunk are held.
 */
export class BodyStream implements AsyncIterable<Buffer> {
  readonly #flow: Flow;
  #chunks: Buffer[] = [];
  #heldBytes = 0;
  #paused = false;
  #ended = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  /** True once the last byte came. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Takes a chunk that the caller will not touch again. */
  push(chunk: Buffer, isLast: boolean): void {
    if (this.#error !== undefined) return;
    if (chunk.length > 0) this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    this.#ended = isLast;
    if (this.#heldBytes > highWaterBytes && !this.#paused && !isLast) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#wake?.();
  }

  /** The reader gets a {@link BodyAborted} instead of more bytes. */
  abort(): void {
    if (this.#ended) return;
    this.#error = new BodyAborted('the client went away while it sent a body');
    this.#chunks = [];
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      if (this.#error !== undefined) throw this.#error;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#taken(chunk.length);
        yield chunk;
      } else if (this.#ended) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #taken(sizeBytes: number): void {
    this.#heldBytes -= sizeBytes;
    if (!this.#paused || this.#heldBytes > highWaterBytes / 2) return;
    this.#paused = false;
    this.#flow.resume();
  }
}
