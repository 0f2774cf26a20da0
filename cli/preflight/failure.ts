import { WireOfflineError } from '../errors.js';
import type { Verdict } from './verdict.js';

/**
 * Stops a run where a check failed.
 *
 * @throws {WireOfflineError} PREFLIGHT_FAILED with each of them
 */
export function refuseUnfit(verdicts: readonly Verdict[]): void {
  const failed = verdicts.filter(({ state }) => state === 'failed');
  if (failed.length === 0) return;
  const hosts = new Set(failed.map(({ host }) => host));
  throw new WireOfflineError('PREFLIGHT_FAILED', {
    message: `preflight: expected hosts that are fit, got ${String(failed.length)} failed checks on ${[...hosts].join(', ')}`,
    problems: failed.map(({ id, host, expected, found }) => ({
      where: `${host} ${id}`,
      expected,
      got: found,
    })),
    hint: `${failed[0]?.hint ?? ''}; then run it again. All checks: wire-offline docs preflight`,
  });
}
