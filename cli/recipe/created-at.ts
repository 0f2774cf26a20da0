import { WireOfflineError } from '../errors.js';
import { show } from '../input/issues.js';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * When a bundle says it was made: SOURCE_DATE_EPOCH where it is set, else when its lock was; never now, so that
 * the same lock gives the same bytes. Source: reproducible-builds.org, SOURCE_DATE_EPOCH specification 1.1.
 *
 * @throws {WireOfflineError} CONFIG_INVALID
 */
export function createdAt(env: Env, lockedAt: string): string {
  const text = env['SOURCE_DATE_EPOCH'] ?? '';
  if (text === '') return lockedAt;
  // The last second of the year 9999.
  if (!/^\d{1,12}$/.test(text) || Number(text) > 253_402_300_799) {
    throw new WireOfflineError('CONFIG_INVALID', {
      message: `SOURCE_DATE_EPOCH: expected a whole number of seconds since 1970, got ${show(text)}`,
      hint: 'correct or unset the variable',
    });
  }
  return secondsText(new Date(Number(text) * 1000));
}

/** A time as RFC 3339 in UTC, to the second. */
export function secondsText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * A time that a person gave: a day, which then counts to its end, or RFC 3339 in UTC to the second.
 *
 * @returns the time as RFC 3339 in UTC, or nothing where it is none.
 */
export function parseTime(text: string): string | undefined {
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T23:59:59Z` : text;
  const time = Date.parse(full);
  if (Number.isNaN(time) || secondsText(new Date(time)) !== full) return undefined;
  return full;
}
