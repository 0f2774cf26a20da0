import type { ByteProgress } from '../../ui/progress.js';

export type OnProgress = (progress: ByteProgress) => void;

/** The bytes of all downloads of a run. A retried download counts each byte once, so that neither count ever falls. */
export class TransferProgress {
  readonly #tell: OnProgress;
  #doneBytes = 0;
  #totalBytes = 0;

  constructor(tell: OnProgress = () => undefined) {
    this.#tell = tell;
  }

  /** One more download; the functions are told its size and how far it is. */
  begin(): { readonly size: (bytes: number) => void; readonly done: (bytes: number) => void } {
    let total = 0;
    let done = 0;
    const size = (bytes: number) => {
      this.#totalBytes += Math.max(0, bytes - total);
      total = Math.max(total, bytes);
    };
    return {
      size,
      done: (bytes) => {
        size(bytes);
        this.#doneBytes += Math.max(0, bytes - done);
        done = Math.max(done, bytes);
        this.#tell({ doneBytes: this.#doneBytes, totalBytes: this.#totalBytes });
      },
    };
  }
}
