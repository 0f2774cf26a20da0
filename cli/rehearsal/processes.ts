import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { hasSystemCode } from '../errors.js';
import {
  freezePlan,
  islandCgroups,
  processFolder,
  type CgroupPlace,
  type CgroupPlan,
  type CgroupVersion,
  type CgroupWrite,
} from './cgroups.js';

const pollMs = 20;

/** Gives a host its cgroups. */
export async function makeCgroups(plan: CgroupPlan): Promise<void> {
  for (const folder of plan.folders) await mkdir(folder, { recursive: true });
  for (const write of plan.writes) await writeCgroup(write);
}

/** The numbers of all processes of a host. */
export async function processesOf(place: CgroupPlace): Promise<readonly number[]> {
  const folders = await foldersBelow(processFolder(place));
  const lists = await Promise.all(folders.map((folder) => readLines(join(folder, 'cgroup.procs'))));
  // 0 is a process that this one's pid namespace does not see.
  return lists
    .flat()
    .map(Number)
    .filter((pid) => pid > 0);
}

/** The process that is number 1 in the host, or nothing where it has not come so far. */
export async function leaderOf(place: CgroupPlace): Promise<number | undefined> {
  for (const pid of await processesOf(place)) {
    const line = (await readLines(`/proc/${String(pid)}/status`)).find((text) =>
      text.startsWith('NSpid:'),
    );
    // One number for each nested pid namespace; a third one would be a container in the host.
    const numbers = line?.split(/\s+/).slice(1) ?? [];
    if (numbers.length === 2 && numbers[1] === '1') return pid;
  }
  return undefined;
}

/** Stops all processes of a host in the same moment; one that waits for a disk that does not answer may take longer. */
export async function freeze(place: CgroupPlace): Promise<void> {
  const { write, file, says } = freezePlan(place, true);
  await writeCgroup(write);
  const untilMs = Date.now() + 2_000;
  while (Date.now() < untilMs) {
    if (says.test((await readLines(file)).join('\n'))) return;
    await setTimeout(pollMs);
  }
}

/**
 * Ends all processes of a host without letting one of them run on, and gives how many would not go: none, but for a
 * kernel that is stuck.
 */
export async function killAll(place: CgroupPlace): Promise<number> {
  const untilMs = Date.now() + 30_000;
  for (;;) {
    const pids = await processesOf(place);
    if (pids.length === 0 || Date.now() > untilMs) return pids.length;
    for (const pid of pids) killProcess(pid);
    await thaw(place);
    await setTimeout(pollMs);
  }
}

/** The hosts of an island that the kernel knows. */
export async function hostsInKernel(
  version: CgroupVersion,
  island: string,
): Promise<readonly string[]> {
  const lists = await Promise.all(islandCgroups(version, island).map(childFolders));
  return [...new Set(lists.flat().map((folder) => basename(folder)))];
}

/** The islands that the kernel knows, whoever started them. */
export async function islandsInKernel(version: CgroupVersion): Promise<readonly string[]> {
  const prefix = 'wire-offline-';
  const roots = islandCgroups(version, '').map((folder) => dirname(folder));
  const names = (await Promise.all(roots.map(childFolders))).flat().map((path) => basename(path));
  const islands = names.filter((name) => name.startsWith(prefix));
  return [...new Set(islands.map((name) => name.slice(prefix.length)))].sort();
}

/** Takes the cgroups of an island away; its processes have ended. */
export async function removeCgroups(version: CgroupVersion, island: string): Promise<void> {
  for (const folder of islandCgroups(version, island))
    for (const below of (await foldersBelow(folder)).reverse()) await removeFolder(below);
}

async function thaw(place: CgroupPlace): Promise<void> {
  try {
    await writeCgroup(freezePlan(place, false).write);
  } catch (error) {
    if (!hasSystemCode(error, 'ENOENT', 'ENODEV')) throw error;
  }
}

function killProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasSystemCode(error, 'ESRCH')) throw error;
  }
}

async function writeCgroup({ file, content, optional }: CgroupWrite): Promise<void> {
  const text = 'text' in content ? content.text : await readFile(content.copyOf, 'utf8');
  try {
    await writeFile(file, text, { flag: 'r+' });
  } catch (error) {
    if (optional !== true || !hasSystemCode(error, 'ENOENT', 'EOPNOTSUPP')) throw error;
  }
}

/** A folder, which need not be there, and all below it, parents first. */
async function foldersBelow(folder: string): Promise<string[]> {
  const below = await Promise.all((await childFolders(folder)).map(foldersBelow));
  return [folder, ...below.flat()];
}

async function childFolders(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENODEV')) return [];
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  for (let left = 250; ; left--) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if (hasSystemCode(error, 'ENOENT')) return;
      // The last process has gone, but the kernel has not counted it out yet.
      if (left === 0 || !hasSystemCode(error, 'EBUSY')) throw error;
      await setTimeout(pollMs);
    }
  }
}

/** The lines of a file of the kernel; none where it is gone. */
async function readLines(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  } catch (error) {
    if (hasSystemCode(error, 'ENOENT', 'ENODEV', 'ESRCH')) return [];
    throw error;
  }
}
