import { readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { startDetached } from '../transport/local.js';
import { cgroupPlan, type CgroupPlace } from './cgroups.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { launchHost } from './launch.js';
import type { Argv } from './network.js';
import { hostPlaces, type IslandPlaces } from './places.js';
import { leaderOf, makeCgroups, processesOf } from './processes.js';
import { attempt, programEnvironment, type RehearsalRun } from './programs.js';
import { nspawnEnvironment, withheldFromGuests } from './host-profile.js';

/** A bound on hanging, far from the second or two that a host takes. */
const bootTimeoutMs = 90_000;

export interface Boot {
  readonly host: RehearsalHost;
  readonly island: RehearsalIsland;
  readonly places: IslandPlaces;
  readonly cgroup: CgroupPlace;
  /** `TYPE BASE64` */
  readonly hostKey: string;
}

/**
 * Boots a prepared host and waits until its systemd has started all there is and its sshd answers with its key.
 *
 * @throws {WireOfflineError} REHEARSAL_BOOT_FAILED with the last lines of its console.
 */
export async function bootHost(boot: Boot, run: RehearsalRun): Promise<void> {
  const { host, island, places, cgroup } = boot;
  const cgroups = cgroupPlan(cgroup, host);
  await makeCgroups(cgroups);
  const own = hostPlaces(places, host.name);
  await startDetached({
    argv: launchHost({
      ...{ host, island, places: own, cgroups, sudoPasswordFile: places.sudoPasswordFile },
    }),
    cwd: own.folder,
    env: { ...programEnvironment(run.env), ...nspawnEnvironment },
    from: 'util-linux',
  });
  const untilMs = Date.now() + bootTimeoutMs;
  await waitUntil(() => hasStarted(boot, run), { boot, untilMs, run });
  await waitUntil(() => hasAnswered(boot, run), { boot, untilMs, run });
}

/** Runs a program in a host, as its root, in all of its namespaces, with no more rights than its own processes. */
export function enterHost(leader: number, words: Argv): Argv {
  const enter = ['nsenter', '--target', String(leader), '--all', '--root', '--wd', '--'];
  return [...withheldFromGuests, ...enter, ...words];
}

async function hasStarted({ cgroup }: Boot, run: RehearsalRun): Promise<boolean> {
  const leader = await leaderOf(cgroup);
  if (leader === undefined) return false;
  const ask: Argv = ['systemctl', 'is-system-running', '--wait'];
  const { stdout } = await attempt(enterHost(leader, ask), run);
  // `degraded`: a unit failed, which is for whoever looks at the host to judge.
  return ['running', 'degraded'].includes(stdout.trim());
}

async function hasAnswered({ host, hostKey }: Boot, run: RehearsalRun): Promise<boolean> {
  const { address, port } = host;
  const scan = ['-T', '5', '-t', 'ed25519', '-p', String(port), address] as const;
  const { stdout } = await attempt(['ssh-keyscan', ...scan], run);
  return stdout.includes(` ${hostKey}\n`);
}

interface Waiting {
  readonly boot: Boot;
  readonly untilMs: number;
  readonly run: RehearsalRun;
}

async function waitUntil(
  isSo: () => Promise<boolean>,
  { boot, untilMs, run }: Waiting,
): Promise<void> {
  let hasRun = false;
  while (!(await isSo())) {
    run.signal.throwIfAborted();
    const runs = (await processesOf(boot.cgroup)).length > 0;
    if (Date.now() > untilMs) throw await failed(boot, 'none in time');
    if (hasRun && !runs) throw await failed(boot, 'one that ended');
    hasRun = runs;
    await setTimeout(50);
  }
}

async function failed({ host, places }: Boot, got: string): Promise<WireOfflineError> {
  const { consoleFile } = hostPlaces(places, host.name);
  const lines = (await consoleText(consoleFile)).trimEnd().split('\n').slice(-15).join('\n');
  return new WireOfflineError('REHEARSAL_BOOT_FAILED', {
    message: `host ${host.name}: expected a system that runs and an sshd with its key, got ${got}\n${lines}`,
    hint: `its console is above; all of it while the rehearsal stands: ${consoleFile}`,
  });
}

async function consoleText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return '';
    throw error;
  }
}
