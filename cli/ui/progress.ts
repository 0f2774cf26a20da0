/** How far a task is, in bytes; the total may still grow while work is found. */
export interface ByteProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What a person wants to know of it. */
export interface ProgressReading extends ByteProgress {
  readonly bytesPerSec: number;
  /** Absent until a rate is known. */
  readonly etaSec: number | undefined;
}

/** Rates are averaged over this window: long enough to be calm, short enough to show a stall. */
const windowMs = 10_000;

/**
 * Turns raw counts into readings that never go backwards: a retried download counts its bytes once.
 * The clock is passed in, in milliseconds of any origin.
 */
export class ProgressMeter {
  readonly #samples: { atMs: number; doneBytes: number }[] = [];
  #doneBytes = 0;
  #totalBytes = 0;

  read({ doneBytes, totalBytes }: ByteProgress, nowMs: number): ProgressReading {
    this.#totalBytes = Math.max(this.#totalBytes, totalBytes);
    this.#doneBytes = Math.min(Math.max(this.#doneBytes, doneBytes), this.#totalBytes);
    this.#samples.push({ atMs: nowMs, doneBytes: this.#doneBytes });
    while (this.#samples.length > 2 && nowMs - (this.#samples[1]?.atMs ?? nowMs) > windowMs)
      this.#samples.shift();
    const bytesPerSec = this.#rate(nowMs);
    const leftBytes = this.#totalBytes - this.#doneBytes;
    return {
      doneBytes: this.#doneBytes,
      totalBytes: this.#totalBytes,
      bytesPerSec,
      etaSec: bytesPerSec > 0 ? Math.ceil(leftBytes / bytesPerSec) : undefined,
    };
  }

  #rate(nowMs: number): number {
    const first = this.#samples[0];
    if (first === undefined || nowMs <= first.atMs) return 0;
    return ((this.#doneBytes - first.doneBytes) * 1000) / (nowMs - first.atMs);
  }
}

/** `12.3 MB of 40.0 MB (31 %), 4.1 MB/s, 7 s left`. */
export function progressText(reading: ProgressReading): string {
  const { doneBytes, totalBytes, bytesPerSec, etaSec } = reading;
  const percent = totalBytes === 0 ? 100 : Math.floor((doneBytes * 100) / totalBytes);
  const left = etaSec === undefined ? '' : `, ${durationText(etaSec * 1000)} left`;
  return `${bytesText(doneBytes)} of ${bytesText(totalBytes)} (${String(percent)} %), ${bytesText(bytesPerSec)}/s${left}`;
}

/** Bytes in decimal units, as media are sold. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? String(Math.round(value)) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

/** A duration as a person says it: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(durationMs / 1000);
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${String(minutes)} min ${String(seconds % 60)} s`;
  return `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
