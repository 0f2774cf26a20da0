import { rm } from 'node:fs/promises';
import { WireOfflineError } from '../errors.js';
import { bridgesOf, removeBridge, aliasOf } from './bridge.js';
import type { CgroupVersion } from './cgroups.js';
import { waitForLoops } from './loops.js';
import { islandPlaces } from './places.js';
import { hostsInKernel, killAll, removeCgroups } from './processes.js';
import { perform, type RehearsalRun } from './programs.js';
import { readState } from './state.js';

export interface TakeDown {
  readonly name: string;
  /** The folder of all rehearsals. */
  readonly rehearsals: string;
  readonly version: CgroupVersion;
}

/**
 * Takes an island away whole: processes, mounts, disks, bridge, cgroups and files. It goes by what the kernel shows,
 * so that it also works on what a killed run, or a lost state folder, left behind; on nothing it does nothing.
 *
 * @throws {WireOfflineError} REHEARSAL_NOT_DOWN where a process or a disk would not go.
 */
export async function takeDown(
  { name, rehearsals, version }: TakeDown,
  run: RehearsalRun,
): Promise<void> {
  const { folder } = islandPlaces(rehearsals, name);
  const hosts = await hostsInKernel(version, name);
  const counts = await Promise.all(hosts.map((host) => killAll({ version, island: name, host })));
  const stuck = counts.reduce((sum, count) => sum + count, 0);
  const loops = await waitForLoops(folder, run);
  if (stuck > 0) throw notDown(name, `${String(stuck)} processes that would not end`);
  for (const loop of loops) await perform(['losetup', '--detach', loop], run);
  if (loops.length > 0) throw notDown(name, `${loops.join(', ')} in use`);
  await removeCgroups(version, name);
  for (const bridge of await bridges({ name, rehearsals })) await removeBridge(bridge, run);
  await rm(folder, { recursive: true, force: true });
}

/** The island's bridges by the kernel's word, and the one it was about to make when it was killed. */
async function bridges({
  name,
  rehearsals,
}: Pick<TakeDown, 'name' | 'rehearsals'>): Promise<ReadonlySet<string>> {
  const own = await bridgesOf(name);
  const planned = (await readState(rehearsals, name))?.network.bridge;
  const isOurs = planned !== undefined && (await aliasOf(planned)) === '';
  return new Set(isOurs ? [...own, planned] : own);
}

function notDown(name: string, got: string): WireOfflineError {
  return new WireOfflineError('REHEARSAL_NOT_DOWN', {
    message: `rehearsal ${name}: expected all of it to end, got ${got}`,
    hint: `see what holds it: fuser -vm DISK; then again: wire-offline rehearse down ${name}`,
  });
}
