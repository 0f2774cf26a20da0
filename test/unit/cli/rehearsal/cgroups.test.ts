import { describe, expect, it } from '@jest/globals';
import {
  cgroupPlan,
  freezePlan,
  islandCgroups,
  processFolder,
  v1Controllers,
  type CgroupPlace,
} from '../../../../cli/rehearsal/cgroups.js';

const limits = { memoryBytes: 2_000_000_000, cores: 2 };
const v1: CgroupPlace = { version: 'v1', island: 'trial', host: 'data1' };
const v2: CgroupPlace = { ...v1, version: 'v2' };

/** What a plan writes, file by file. */
function writesOf(place: CgroupPlace): Record<string, string> {
  const { writes } = cgroupPlan(place, limits);
  const text = ({ content }: (typeof writes)[number]): string =>
    'text' in content ? content.text : `copy of ${content.copyOf}`;
  return Object.fromEntries(writes.map((write) => [write.file, text(write)]));
}

describe('cgroups of v1', () => {
  it('are a folder in each hierarchy, parents first, and all are joined', () => {
    const { folders, joins } = cgroupPlan(v1, limits);
    expect(folders.slice(0, v1Controllers.length)).toEqual(islandCgroups('v1', 'trial'));
    expect(folders).toHaveLength(2 * v1Controllers.length);
    expect(joins).toContain('/sys/fs/cgroup/devices/wire-offline-trial/data1/cgroup.procs');
    expect(joins).toContain('/sys/fs/cgroup/systemd/wire-offline-trial/data1/cgroup.procs');
    expect(joins).toHaveLength(v1Controllers.length);
  });

  it('have the size of the host, and CPUs to run on before anything joins', () => {
    expect(writesOf(v1)).toEqual({
      '/sys/fs/cgroup/cpuset/wire-offline-trial/cpuset.cpus':
        'copy of /sys/fs/cgroup/cpuset/cpuset.cpus',
      '/sys/fs/cgroup/cpuset/wire-offline-trial/cpuset.mems':
        'copy of /sys/fs/cgroup/cpuset/cpuset.mems',
      '/sys/fs/cgroup/cpuset/wire-offline-trial/data1/cpuset.cpus':
        'copy of /sys/fs/cgroup/cpuset/cpuset.cpus',
      '/sys/fs/cgroup/cpuset/wire-offline-trial/data1/cpuset.mems':
        'copy of /sys/fs/cgroup/cpuset/cpuset.mems',
      '/sys/fs/cgroup/memory/wire-offline-trial/data1/memory.limit_in_bytes': '2000000000',
      '/sys/fs/cgroup/memory/wire-offline-trial/data1/memory.memsw.limit_in_bytes': '2000000000',
      '/sys/fs/cgroup/cpu/wire-offline-trial/data1/cpu.cfs_period_us': '100000',
      '/sys/fs/cgroup/cpu/wire-offline-trial/data1/cpu.cfs_quota_us': '200000',
    });
  });

  it('freeze by the freezer', () => {
    const { write, file, says } = freezePlan(v1, true);
    expect(write).toEqual({
      file: '/sys/fs/cgroup/freezer/wire-offline-trial/data1/freezer.state',
      content: { text: 'FROZEN' },
    });
    expect(file).toBe(write.file);
    expect(says.test('FROZEN\n')).toBe(true);
    expect(says.test('FREEZING\n')).toBe(false);
    expect(processFolder(v1)).toBe('/sys/fs/cgroup/freezer/wire-offline-trial/data1');
  });
});

describe('cgroups of v2', () => {
  it('are one folder in the one hierarchy', () => {
    expect(cgroupPlan(v2, limits)).toMatchObject({
      folders: ['/sys/fs/cgroup/wire-offline-trial', '/sys/fs/cgroup/wire-offline-trial/data1'],
      joins: ['/sys/fs/cgroup/wire-offline-trial/data1/cgroup.procs'],
    });
    expect(processFolder(v2)).toBe('/sys/fs/cgroup/wire-offline-trial/data1');
  });

  it('hand controllers down before they limit', () => {
    expect(writesOf(v2)).toEqual({
      '/sys/fs/cgroup/cgroup.subtree_control': '+cpu +cpuset +io +memory +pids',
      '/sys/fs/cgroup/wire-offline-trial/cgroup.subtree_control': '+cpu +cpuset +io +memory +pids',
      '/sys/fs/cgroup/wire-offline-trial/data1/memory.max': '2000000000',
      '/sys/fs/cgroup/wire-offline-trial/data1/memory.swap.max': '0',
      '/sys/fs/cgroup/wire-offline-trial/data1/cpu.max': '200000 100000',
    });
  });

  it('freeze by a file of their own and tell it in another', () => {
    const { write, file, says } = freezePlan(v2, true);
    expect(write).toEqual({
      file: '/sys/fs/cgroup/wire-offline-trial/data1/cgroup.freeze',
      content: { text: '1' },
    });
    expect(file).toBe('/sys/fs/cgroup/wire-offline-trial/data1/cgroup.events');
    expect(says.test('populated 1\nfrozen 1\n')).toBe(true);
    expect(says.test('populated 1\nfrozen 0\n')).toBe(false);
  });
});
