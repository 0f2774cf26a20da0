import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.js';
import { WireOfflineError } from '../errors.js';
import { bootHost, enterHost } from '../rehearsal/boot.js';
import { cgroupPlan } from '../rehearsal/cgroups.js';
import { joinAndRun } from '../rehearsal/launch.js';
import { assertRoot, cgroupVersion } from '../rehearsal/machine.js';
import { setLink, type Argv } from '../rehearsal/network.js';
import { rehearsalFolder } from '../rehearsal/places.js';
import { assertOff, cutPower, isDown } from '../rehearsal/power.js';
import { leaderOf, processesOf } from '../rehearsal/processes.js';
import { attempt, perform } from '../rehearsal/programs.js';
import { findHost, type StandingHost } from '../rehearsal/standing.js';

/** A host by name, of the island named or of the only one there is. */
export interface HostRequest {
  readonly host: string;
  readonly island?: string | undefined;
}

/** What was done to which host. */
export interface HostChange {
  readonly island: string;
  readonly host: string;
  readonly state: 'off' | 'running' | 'cut';
}

/**
 * Takes a host's power away; what was not fsynced is lost.
 *
 * @throws {WireOfflineError} REHEARSAL_HOST_DOWN, REHEARSAL_NOT_DOWN; what `findHost` throws.
 */
export async function killHost(request: HostRequest, context: Context): Promise<HostChange> {
  const found = await find(request, context);
  await cutPower(found, context);
  return change(found, 'off');
}

/**
 * Starts a host that is off, with the disks as they are; one that runs is left alone.
 *
 * @throws {WireOfflineError} REHEARSAL_BOOT_FAILED; what `findHost` throws.
 */
export async function startHost(request: HostRequest, context: Context): Promise<HostChange> {
  const found = await find(request, context);
  if ((await leaderOf(found.cgroup)) !== undefined) return change(found, 'running');
  await assertOff(found, context);
  const { island, host, cgroup, islandPlaces: places } = found;
  const publicKey = await readFile(join(found.places.folder, 'ssh_host_ed25519_key.pub'), 'utf8');
  const hostKey = publicKey.split(' ').slice(0, 2).join(' ');
  await bootHost({ island, host, cgroup, places, hostKey }, context);
  return change(found, 'running');
}

/**
 * Pulls a host's network cable (`down`) or plugs it in again (`up`).
 *
 * @throws {WireOfflineError} REHEARSAL_HOST_DOWN; what `findHost` throws.
 */
export async function setCable(
  request: HostRequest & { readonly state: 'up' | 'down' },
  context: Context,
): Promise<HostChange> {
  const found = await find(request, context);
  if ((await processesOf(found.cgroup)).length === 0) throw isDown(found.host.name);
  await perform(setLink(found.host.address, request.state), context);
  return change(found, request.state === 'up' ? 'running' : 'cut');
}

/**
 * Runs a program as root in a host, whatever its network, and gives what it said on its standard output.
 *
 * @throws {WireOfflineError} REHEARSAL_HOST_DOWN; REHEARSAL_COMMAND_FAILED where it ends with another status than 0.
 */
export async function execOnHost(
  request: HostRequest & { readonly command: Argv },
  context: Context,
): Promise<string> {
  const found = await find(request, context);
  const leader = await leaderOf(found.cgroup);
  if (leader === undefined) throw isDown(found.host.name);
  const { joins } = cgroupPlan(found.cgroup, found.host);
  // In v2 a group with groups in it takes no process itself.
  const own = found.cgroup.version === 'v1' ? joins : [];
  const said = await attempt(joinAndRun(own, enterHost(leader, request.command)), context);
  if (said.exitCode === 0) return said.stdout;
  throw new WireOfflineError('REHEARSAL_COMMAND_FAILED', {
    message: `${request.command[0]} on ${found.host.name}: expected it to succeed, got exit status ${String(said.exitCode)}\n${`${said.stdout}${said.stderr}`.trim()}`,
    hint: 'its own words are above',
  });
}

async function find(request: HostRequest, { env }: Context): Promise<StandingHost> {
  assertRoot();
  const where = { rehearsals: rehearsalFolder(env), version: await cgroupVersion() };
  return findHost(request, where);
}

function change({ island, host }: StandingHost, state: HostChange['state']): HostChange {
  return { island: island.name, host: host.name, state };
}
