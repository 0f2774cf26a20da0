import type { FileHandle } from 'node:fs/promises';

const bufferBytes = 1024 * 1024;

/** Some bytes of a file, one after the other. */
interface Part {
  readonly start: number;
  readonly sizeBytes: number;
}

/**
 * Appends to a file in large writes, filling one buffer while the other is on its way to the disk, so that small
 * entries cost no system call each and memory stays at two buffers.
 */
export class BlockSink {
  readonly #file: FileHandle;
  #filling = Buffer.allocUnsafeSlow(bufferBytes);
  #idle = Buffer.allocUnsafeSlow(bufferBytes);
  #used = 0;
  #offset = 0;
  /** Settles with what the last write threw, so that no failure is ever unhandled. */
  #writing: Promise<{ readonly thrown: unknown } | undefined> = Promise.resolve(undefined);

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** How many bytes were appended so far. */
  get position(): number {
    return this.#offset + this.#used;
  }

  async append(bytes: Uint8Array): Promise<void> {
    let rest = bytes;
    while (rest.length > 0) {
      const count = Math.min(rest.length, bufferBytes - this.#used);
      this.#filling.set(rest.subarray(0, count), this.#used);
      rest = rest.subarray(count);
      await this.#took(count);
    }
  }

  /**
   * Appends up to that many bytes of another file from a position on, showing each piece to `see`; gives how many
   * there were.
   */
  async appendFrom(
    source: FileHandle,
    part: Part,
    see: (bytes: Uint8Array) => void,
  ): Promise<number> {
    let done = 0;
    let reading = this.#read(source, part);
    try {
      for (;;) {
        const bytes = await reading;
        if (bytes.length === 0) return done;
        done += bytes.length;
        await this.#took(bytes.length);
        reading = this.#read(source, {
          start: part.start + done,
          sizeBytes: part.sizeBytes - done,
        });
        // While these are looked at, they are written and the next are read.
        see(bytes);
      }
    } finally {
      // Whoever closes the source does so after the last read of it.
      await Promise.allSettled([reading]);
    }
  }

  /** Writes out what is still held; call it once, last. */
  async end(): Promise<void> {
    await this.#flush();
    await this.#settled();
  }

  /** The next bytes of a part, as many as there is room for; none at its end. */
  async #read(source: FileHandle, { start, sizeBytes }: Part): Promise<Uint8Array> {
    const length = Math.min(sizeBytes, bufferBytes - this.#used);
    const target = this.#filling.subarray(this.#used, this.#used + length);
    const { bytesRead } = await source.read(target, 0, length, start);
    return target.subarray(0, bytesRead);
  }

  async #took(count: number): Promise<void> {
    this.#used += count;
    if (this.#used === bufferBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#settled();
    const full = this.#filling.subarray(0, this.#used);
    this.#writing = writeAll(this.#file, full, this.#offset).then(
      () => undefined,
      (thrown: unknown) => ({ thrown }),
    );
    [this.#filling, this.#idle] = [this.#idle, this.#filling];
    this.#offset += this.#used;
    this.#used = 0;
  }

  async #settled(): Promise<void> {
    const failure = await this.#writing;
    if (failure !== undefined) throw failure.thrown;
  }
}

/** Writes all of the bytes at a position: one call may take fewer. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, start + done);
    done += bytesWritten;
  }
}
