import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { WireOfflineError } from '../errors.js';
import { lockFile } from '../island/state.js';
import type { RemoteHost } from '../transport/remote-host.js';
import { remoteLines } from '../transport/remote-lines.js';
import { lockScript } from './lock-script.js';

/** The lock of an island, held by this run. */
export interface IslandLock {
  /**
   * Makes sure that this run still holds it, and takes it again where a broken connection freed it.
   *
   * @throws {WireOfflineError} ISLAND_LOCKED where another run was faster
   */
  ensure(): Promise<void>;
  release(): Promise<void>;
}

/** The holder says that it lives; a host that hears nothing for this long lets others in. */
const beatEveryMs = 15_000;
const silenceSec = 90;

/**
 * Takes the lock of an island, which lies on its assets host: only one run at a time changes an island.
 *
 * @throws {WireOfflineError} ISLAND_LOCKED with who holds it, HOST_LOST
 */
export async function takeIslandLock(assets: RemoteHost, verb: string): Promise<IslandLock> {
  const run = randomUUID();
  const who = `${userInfo().username}@${hostname()} with ${verb}, since ${new Date().toISOString()}`;
  let held = await hold(assets, { run, who });
  return {
    ensure: async () => {
      if (held.isLost()) held = await hold(assets, { run, who });
    },
    release: () => held.release(),
  };
}

interface Holding {
  readonly isLost: () => boolean;
  readonly release: () => Promise<void>;
}

async function hold(
  assets: RemoteHost,
  { run, who }: Record<'run' | 'who', string>,
): Promise<Holding> {
  const words = [lockFile, run, who, String(silenceSec)];
  const holder = await assets.start({
    argv: ['perl', '-e', lockScript, ...words],
    lane: 'whole-run',
  });
  // A channel ends only for those who read on: whoever waits for its end asks for the next line as well.
  const lines = remoteLines(holder.stdout);
  const answer = await lines.next();
  if (answer.value !== 'held') {
    const [exitCode] = await Promise.all([holder.exited, lines.next()]);
    if (exitCode !== 0) throw assets.failed('the lock', { exitCode, stderr: holder.stderr() });
    throw locked(assets.host.name, String(answer.value ?? ''));
  }
  let lost = false;
  const beat = setInterval(() => {
    holder.stdin.write('\n');
  }, beatEveryMs);
  beat.unref();
  const ended = Promise.allSettled([holder.exited, lines.next()]).then(() => {
    lost = true;
    clearInterval(beat);
  });
  return {
    isLost: () => lost,
    release: async () => {
      holder.stdin.end();
      await ended;
    },
  };
}

/** The holder's words are `taken RUN PID WHO`. */
function locked(host: string, answer: string): WireOfflineError {
  const who = answer.split(' ').slice(3).join(' ');
  return new WireOfflineError('ISLAND_LOCKED', {
    message: `island: expected that nobody else changes it, got a lock on host ${host} held by ${who || 'somebody'}`,
    hint: 'wait until that run is over, or stop it where it runs; the lock goes with it',
  });
}
