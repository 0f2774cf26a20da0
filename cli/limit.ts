/** So many at once and no more; whoever ranks highest among the waiting is let in first. */
export class Limit {
  #free: number;
  readonly #waiting: { readonly rank: number; readonly enter: () => void }[] = [];

  constructor(capacity: number) {
    this.#free = capacity;
  }

  /** Waits for a place and gives the function that returns it; the higher rank goes first. */
  async take(rank = 0): Promise<() => void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ rank, enter });
      // What is asked for in the same turn is ranked before any is let in.
      setImmediate(() => {
        this.#admit();
      });
    });
    return () => {
      this.#free += 1;
      this.#admit();
    };
  }

  #admit(): void {
    this.#waiting.sort((one, other) => other.rank - one.rank);
    while (this.#free > 0) {
      const first = this.#waiting.shift();
      if (first === undefined) return;
      this.#free -= 1;
      first.enter();
    }
  }
}
