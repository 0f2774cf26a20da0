import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WireOfflineError, hasSystemCode } from '../errors.js';
import { cgroupRoot, v1Controllers, v2Controllers, type CgroupVersion } from './cgroups.js';
import { assertPrograms, attempt, type RehearsalRun } from './programs.js';

/**
 * Refuses a machine that cannot carry hosts, and says how its cgroups are mounted.
 *
 * @throws {WireOfflineError} REHEARSAL_NEEDS_ROOT, TOOL_MISSING, REHEARSAL_NAMESPACES_MISSING, REHEARSAL_CGROUPS_MISSING
 */
export async function assertMachine(run: RehearsalRun): Promise<CgroupVersion> {
  assertRoot();
  await assertPrograms(run);
  await assertNamespaces(run);
  return cgroupVersion();
}

/**
 * Hosts, their disks and their bridge are root's to make and to see.
 *
 * @throws {WireOfflineError} REHEARSAL_NEEDS_ROOT
 */
export function assertRoot(): void {
  const id = process.geteuid?.();
  if (id === 0) return;
  throw new WireOfflineError('REHEARSAL_NEEDS_ROOT', {
    message: `rehearse: expected to run as root, got user id ${String(id)}`,
    hint: 'run the same command with sudo',
  });
}

/**
 * How this machine's controllers are mounted.
 *
 * @throws {WireOfflineError} REHEARSAL_CGROUPS_MISSING
 */
export async function cgroupVersion(): Promise<CgroupVersion> {
  const controllers = await readIfThere(join(cgroupRoot, 'cgroup.controllers'));
  const has = controllers?.trim().split(' ') ?? [];
  const missing =
    controllers === undefined
      ? await missingHierarchies()
      : v2Controllers.filter((name) => !has.includes(name));
  if (missing.length === 0) return controllers === undefined ? 'v1' : 'v2';
  throw new WireOfflineError('REHEARSAL_CGROUPS_MISSING', {
    message: `cgroups: expected the controllers ${missing.join(', ')} below ${cgroupRoot}, found none of them`,
    hint: 'rehearse on a machine or virtual machine of its own, not in a container without cgroups',
  });
}

async function missingHierarchies(): Promise<string[]> {
  const missing: string[] = [];
  for (const name of v1Controllers) {
    const file = join(cgroupRoot, name, 'cgroup.procs');
    if ((await readIfThere(file)) === undefined) missing.push(name);
  }
  return missing;
}

async function assertNamespaces(run: RehearsalRun): Promise<void> {
  const kinds = ['--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup'] as const;
  const { exitCode, stderr } = await attempt(['unshare', ...kinds, '--fork', 'true'], run);
  const loop = await isThere('/dev/loop-control');
  if (exitCode === 0 && loop) return;
  throw new WireOfflineError('REHEARSAL_NAMESPACES_MISSING', {
    message:
      exitCode === 0
        ? '/dev/loop-control: expected loop devices, found none'
        : `namespaces: expected root to be allowed new ones, got ${stderr.trim()}`,
    hint: 'rehearse on a machine or virtual machine of its own, not in an unprivileged container',
  });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT')) return false;
    throw error;
  }
}
