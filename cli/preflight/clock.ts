import { WireOfflineError } from '../errors.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { remoteLines } from '../transport/remote-lines.js';
import type { HostClock } from './survey.js';

/** Bash: says the time, in seconds since the epoch, for each line that it reads. Source: bash(1), EPOCHREALTIME. */
const clockScript = 'while IFS= read -r _; do printf "%s\\n" "$EPOCHREALTIME"; done';

/** The shortest of these round trips tells most. */
const rounds = 5;

/**
 * Reads a host's clock beside the one of this machine, in a session that is open already, so that what remains
 * unknown is half of a short round trip.
 *
 * @throws {WireOfflineError} REMOTE_FAILED, REMOTE_STATE_INVALID, HOST_LOST
 */
export async function readClock(remote: RemoteHost): Promise<HostClock> {
  const child = await remote.start({ argv: ['env', 'LC_ALL=C', 'bash', '-c', clockScript] });
  const lines = remoteLines(child.stdout);
  let best: HostClock = { aheadMs: 0, uncertaintyMs: Infinity };
  for (let round = 0; round < rounds; round++) {
    const askedMs = performance.now();
    child.stdin.write('\n');
    const answer = await lines.next();
    const tookMs = performance.now() - askedMs;
    const epochMs = parseSeconds(answer.value, remote) * 1000;
    const ownMs = performance.timeOrigin + askedMs + tookMs / 2;
    if (tookMs / 2 < best.uncertaintyMs)
      best = { aheadMs: epochMs - ownMs, uncertaintyMs: tookMs / 2 };
  }
  child.stdin.end();
  await lines.next();
  await child.exited;
  return best;
}

function parseSeconds(line: unknown, { host }: RemoteHost): number {
  if (typeof line === 'string' && /^\d{1,12}\.\d{6}$/.test(line)) return Number(line);
  throw new WireOfflineError('REMOTE_STATE_INVALID', {
    message: `host ${host.name}: expected its clock's time, got ${String(line).slice(0, 200)}`,
    hint: 'see that bash is there, and that the shell start-up files of that user print nothing',
  });
}
