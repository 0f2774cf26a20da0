import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import type { CgroupPlace } from './cgroups.js';
import type { RehearsalHost } from './host.js';
import { waitForLoops } from './loops.js';
import type { Argv } from './network.js';
import { diskPlaces, type HostPlaces } from './places.js';
import { perform, type RehearsalRun } from './programs.js';
import { freeze, killAll, processesOf } from './processes.js';

/**
 * Shuts each file system down without flushing its log: EXT4_IOC_SHUTDOWN, `_IOR('X', 125, __u32)`, with
 * EXT4_GOING_FLAGS_NOLOGFLUSH, 2. Source: Linux, include/uapi/linux/ext4.h. Neither Node nor a shell can call it;
 * perl is essential in Debian.
 */
const shutdownScript = `
for my $folder (@ARGV) {
  my $flags = pack("L", 2);
  sysopen(my $handle, $folder, 0) or die "$folder: $!\\n";
  ioctl($handle, 0x8004587d, $flags) or die "$folder: $!\\n";
}
`;

/** Loses all that was not yet written through to the disks mounted at these folders. */
export function shutDisksDown(folders: readonly string[]): Argv {
  return ['perl', '-e', shutdownScript, ...folders];
}

/** The folders that a host's disks are mounted at, as this machine reaches into its mount namespace. */
export function mountedDisks(
  pid: number,
  { host, places }: { readonly host: RehearsalHost; readonly places: HostPlaces },
): readonly string[] {
  const folders = host.disks.map((_disk, index) => diskPlaces(places, index).folder);
  const root = `/proc/${String(pid)}/root`;
  return [...folders, places.rootFolder].map((folder) => join(root, folder));
}

export interface PowerCut {
  readonly host: RehearsalHost;
  readonly places: HostPlaces;
  readonly cgroup: CgroupPlace;
}

/**
 * Takes a host's power away: every process stops in the same moment, the disks lose what was not fsynced, and the
 * processes end without having run on. A page cache would otherwise save what a real cut loses.
 *
 * @throws {WireOfflineError} REHEARSAL_HOST_DOWN where it is off already, REHEARSAL_NOT_DOWN
 */
export async function cutPower(cut: PowerCut, run: RehearsalRun): Promise<void> {
  const { host, places, cgroup } = cut;
  const pids = await processesOf(cgroup);
  const launcher = await launcherOf(places);
  if (launcher === undefined || !pids.includes(launcher)) throw isDown(host.name);
  await freeze(cgroup);
  try {
    await perform(shutDisksDown(mountedDisks(launcher, cut)), run);
  } finally {
    await killAll(cgroup);
  }
  await assertOff(cut, run);
}

/**
 * Makes sure that nothing of a host runs and that its disks are free.
 *
 * @throws {WireOfflineError} REHEARSAL_NOT_DOWN
 */
export async function assertOff(
  { host, places, cgroup }: PowerCut,
  run: RehearsalRun,
): Promise<void> {
  const stuck = await killAll(cgroup);
  const loops = await waitForLoops(places.folder, run);
  if (stuck === 0 && loops.length === 0) return;
  throw new WireOfflineError('REHEARSAL_NOT_DOWN', {
    message: `host ${host.name}: expected it to end, got ${String(stuck)} processes and the disks ${loops.join(', ')} in use`,
    hint: 'see what uses them: fuser -vm DISK; then: wire-offline rehearse down',
  });
}

/** The refusal to do with a host that is off what needs one that runs. */
export function isDown(name: string): WireOfflineError {
  return new WireOfflineError('REHEARSAL_HOST_DOWN', {
    message: `host ${name}: expected it to run, got one that is off`,
    hint: `start it: wire-offline rehearse start ${name}`,
  });
}

async function launcherOf({ pidFile }: HostPlaces): Promise<number | undefined> {
  try {
    return Number(await readFile(pidFile, 'utf8'));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}
