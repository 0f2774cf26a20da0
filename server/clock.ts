/** Where the time comes from: given to whatever asks for it, so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };

/** Whole seconds since 1970. */
export function nowSeconds(clock: Clock): number {
  return Math.floor(clock.nowMs() / 1000);
}

/** RFC 3339 in UTC with milliseconds, as every time in the API. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
