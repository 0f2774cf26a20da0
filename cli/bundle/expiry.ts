import { WireOfflineError } from '../errors.js';
import type { BundleDocument } from './document.js';

/** Whether the bundle says of itself that it is no longer to be taken. */
export function isExpired({ expiresAt }: Pick<BundleDocument, 'expiresAt'>, now: Date): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= now.getTime();
}

/**
 * Gates the first acceptance only: what an island once accepted may be read, repaired and rolled back to.
 *
 * @throws {WireOfflineError} BUNDLE_EXPIRED
 */
export function refuseExpired(document: Pick<BundleDocument, 'expiresAt'>, now: Date): void {
  if (!isExpired(document, now)) return;
  throw new WireOfflineError('BUNDLE_EXPIRED', {
    message: `bundle: expected one that is valid at ${now.toISOString()}, got one that expired at ${String(document.expiresAt)}`,
    hint: 'bring a newer bundle of this channel; if this one should be valid, check the clock',
  });
}
