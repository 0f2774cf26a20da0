import { join } from 'node:path';

/** How this kernel's controllers are mounted: a hierarchy each, or one for all. */
export type CgroupVersion = 'v1' | 'v2';

/** Where a host's processes are counted. */
export interface CgroupPlace {
  readonly version: CgroupVersion;
  readonly island: string;
  readonly host: string;
}

/** The size of a host. */
export interface Limits {
  readonly memoryBytes: number;
  readonly cores: number;
}

/** One file of the cgroup file system and what goes into it. */
export interface CgroupWrite {
  readonly file: string;
  readonly content: { readonly text: string } | { readonly copyOf: string };
  /** The kernel may be built without it. */
  readonly optional?: true;
}

export interface CgroupPlan {
  /** Parents first. */
  readonly folders: readonly string[];
  readonly writes: readonly CgroupWrite[];
  /** A process joins by its number in each of them. */
  readonly joins: readonly string[];
}

/** Where every Linux has them. Source: Linux Filesystem Hierarchy of systemd, file-hierarchy(7). */
export const cgroupRoot = '/sys/fs/cgroup';

/** The hierarchies of v1 that a host has a part of its own in; without all of these, hosts would share one kubelet tree. */
export const v1Controllers = [
  ...['blkio', 'cpu', 'cpuacct', 'cpuset', 'devices', 'freezer', 'memory', 'pids'],
  'systemd',
] as const;

/** What v2 hands down to an island and its hosts. */
export const v2Controllers = ['cpu', 'cpuset', 'io', 'memory', 'pids'] as const;

/** The kernel's default accounting period. Source: Linux admin-guide/cgroup-v2, `cpu.max`. */
const cpuPeriodUs = 100_000;

/** The folders of an island, one in each hierarchy; its hosts' are in them. */
export function islandCgroups(version: CgroupVersion, island: string): readonly string[] {
  return hierarchies(version).map((root) => join(root, `wire-offline-${island}`));
}

/** What gives a host cgroups of its own with its size as their limit. */
export function cgroupPlan(place: CgroupPlace, limits: Limits): CgroupPlan {
  const islands = islandCgroups(place.version, place.island);
  const hosts = islands.map((folder) => join(folder, place.host));
  return {
    folders: [...islands, ...hosts],
    writes: place.version === 'v1' ? v1Writes(place, limits) : v2Writes(place, limits),
    joins: hosts.map((folder) => join(folder, 'cgroup.procs')),
  };
}

/** What stops every process of a host at once or lets them go on, and how to see that it has happened. */
export function freezePlan(
  place: CgroupPlace,
  frozen: boolean,
): { readonly write: CgroupWrite; readonly file: string; readonly says: RegExp } {
  if (place.version === 'v1') {
    const file = join(hostFolder(place, 'freezer'), 'freezer.state');
    const text = frozen ? 'FROZEN' : 'THAWED';
    return { write: { file, content: { text } }, file, says: new RegExp(`^${text}\\b`) };
  }
  const folder = hostFolder(place, '');
  const text = frozen ? '1' : '0';
  const write = { file: join(folder, 'cgroup.freeze'), content: { text } };
  return { write, file: join(folder, 'cgroup.events'), says: new RegExp(`^frozen ${text}$`, 'm') };
}

/** The folder below which all processes of a host are, whatever groups they made for themselves. */
export function processFolder(place: CgroupPlace): string {
  return hostFolder(place, place.version === 'v1' ? 'freezer' : '');
}

function hierarchies(version: CgroupVersion): readonly string[] {
  return version === 'v2' ? [cgroupRoot] : v1Controllers.map((name) => join(cgroupRoot, name));
}

function hostFolder({ island, host }: CgroupPlace, controller: string): string {
  return join(cgroupRoot, controller, `wire-offline-${island}`, host);
}

function v1Writes(place: CgroupPlace, { memoryBytes, cores }: Limits): CgroupWrite[] {
  const memory = hostFolder(place, 'memory');
  const cpu = hostFolder(place, 'cpu');
  const set = hostFolder(place, 'cpuset');
  // A new cpuset is empty and takes no process.
  const cpusets = [join(set, '..'), set].flatMap((folder) =>
    ['cpuset.cpus', 'cpuset.mems'].map((name) => ({
      file: join(folder, name),
      content: { copyOf: join(cgroupRoot, 'cpuset', name) },
    })),
  );
  const bytes = { text: String(memoryBytes) };
  return [
    ...cpusets,
    { file: join(memory, 'memory.limit_in_bytes'), content: bytes },
    { file: join(memory, 'memory.memsw.limit_in_bytes'), content: bytes, optional: true },
    { file: join(cpu, 'cpu.cfs_period_us'), content: { text: String(cpuPeriodUs) } },
    { file: join(cpu, 'cpu.cfs_quota_us'), content: { text: String(cores * cpuPeriodUs) } },
  ];
}

function v2Writes(place: CgroupPlace, { memoryBytes, cores }: Limits): CgroupWrite[] {
  const host = hostFolder(place, '');
  const hand = { text: v2Controllers.map((name) => `+${name}`).join(' ') };
  return [
    { file: join(cgroupRoot, 'cgroup.subtree_control'), content: hand },
    { file: join(host, '..', 'cgroup.subtree_control'), content: hand },
    { file: join(host, 'memory.max'), content: { text: String(memoryBytes) } },
    { file: join(host, 'memory.swap.max'), content: { text: '0' }, optional: true },
    {
      file: join(host, 'cpu.max'),
      content: { text: `${String(cores * cpuPeriodUs)} ${String(cpuPeriodUs)}` },
    },
  ];
}
