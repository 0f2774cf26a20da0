import { bytesText } from '../../ui/progress.js';
import { kernelOptions, type HostFacts } from '../facts.js';
import type { Check } from '../verdict.js';

/** A machine sold with so much memory shows a little less: firmware and kernel keep some. */
const memoryShare = 0.9;

/** What Kubernetes counts containers with. Source: Kubernetes' documentation, "About cgroup v2". */
const controllers = ['cpu', 'cpuset', 'memory', 'pids'] as const;

/** Source: OpenSearch's documentation, "Important system settings"; Cassandra's own unit asks for no more. */
const minOpenFiles = 65_536;

/** Kernels since 5.18 keep 256 bits and never have less. Source: random(4). */
const minEntropyBits = 128;

/** The smallest values to work with; whoever installs sets them where they can be set. */
const sysctls: Readonly<Record<string, number>> = {
  // Source: OpenSearch's documentation, "Important system settings".
  'vm.max_map_count': 262_144,
  'net.ipv4.ip_forward': 1,
  'kernel.pid_max': 32_768,
};

export const checkOs: Check = ({ facts: { os } }) => [
  {
    isOk: os.id === 'debian' && os.version === '12',
    expected: 'Debian 12',
    found: `${os.id} ${os.version}`.trim() || 'nothing in /etc/os-release',
    hint: 'install Debian 12 on it',
  },
];

export const checkArchitecture: Check = ({ facts: { architecture } }, { bundle }) => {
  const expected = bundle?.arch ?? 'amd64';
  return [
    {
      isOk: architecture === expected,
      expected,
      found: architecture,
      hint: 'take a machine, or a bundle, of the other architecture',
    },
  ];
};

export const checkCpu: Check = ({ host, facts }) => {
  const found = usableCores(facts);
  return [
    {
      isOk: found >= host.size.cores,
      expected: `at least ${String(host.size.cores)} cores`,
      found: `${String(found)}${limitText(facts.coresAllowed, facts.cores)}`,
      hint: 'give the machine more cores, move a role to another host, or say its size in the island file',
    },
  ];
};

export const checkMemory: Check = ({ host, facts }) => {
  const { memoryBytes, memoryAllowedBytes } = facts;
  const found = Math.min(memoryBytes ?? 0, memoryAllowedBytes ?? Infinity);
  return [
    {
      isOk: found >= host.size.memoryBytes * memoryShare,
      expected: `at least ${bytesText(host.size.memoryBytes)} of memory`,
      found: `${bytesText(found)}${limitText(memoryAllowedBytes, memoryBytes)}`,
      hint: 'give the machine more memory, move a role to another host, or say its size in the island file',
    },
  ];
};

export const checkSwap: Check = ({ facts: { swaps } }) => [
  {
    isOk: swaps.length === 0,
    expected:
      'no swap: a kubelet does not start with it, and stores that are swapped out look dead',
    found: swaps.join(', ') || 'none',
    hint: 'swapoff --all, and take its line out of /etc/fstab',
  },
];

export const checkKernel: Check = ({ facts: { kernel, kernelOptions: has } }) => {
  if (has === null)
    return [
      {
        isOk: false,
        otherwise: 'warned',
        expected: `a kernel that tells what it was built with, in /boot/config-${kernel}`,
        found: 'nothing there',
        hint: "make sure that it is one of Debian's kernels, linux-image-amd64",
      },
    ];
  const lacking = kernelOptions.filter((option) => !has.includes(option));
  return [
    {
      isOk: lacking.length === 0,
      expected: `a kernel with ${kernelOptions.join(', ')}`,
      found: `${kernel} ${lacking.length === 0 ? 'with all of them' : `without ${lacking.join(', ')}`}`,
      hint: "boot one of Debian's kernels, linux-image-amd64, not a cloud provider's small one",
    },
  ];
};

export const checkSysctls: Check = ({ facts }) =>
  Object.entries(sysctls).map(([name, least]) => {
    const { value = null, settable = false } =
      facts.sysctls.find((sysctl) => sysctl.name === name) ?? {};
    return {
      isOk: settable || (value !== null && value >= least),
      expected: `${name} at least ${String(least)}, or one that can be set`,
      found: `${value === null ? 'none' : String(value)}${settable ? ', can be set' : ', cannot be set'}`,
      hint: `see what keeps root from it: sysctl -w ${name}=${String(least)}; in a container its owner must set it`,
    };
  });

export const checkCgroups: Check = ({ facts: { cgroups } }) => {
  const lacking = controllers.filter((name) => !cgroups.controllers.includes(name));
  const isV2 = cgroups.version === 'v2';
  return [
    {
      isOk: isV2 && lacking.length === 0,
      // Kubernetes still takes v1 when told to; systemd and the kernel are leaving it.
      otherwise: cgroups.version === 'v1' && lacking.length === 0 ? 'warned' : 'failed',
      expected: `cgroup v2 with ${controllers.join(', ')}`,
      found: `${cgroups.version}${lacking.length === 0 ? '' : ` without ${lacking.join(', ')}`}`,
      hint: 'take systemd.unified_cgroup_hierarchy=0 and cgroup_disable off the kernel command line and boot again',
    },
  ];
};

export const checkOpenFiles: Check = ({ facts: { openFiles, openFilesOfKernel } }) => {
  const found = Math.min(openFiles ?? 0, openFilesOfKernel ?? 0);
  return [
    {
      isOk: found >= minOpenFiles,
      expected: `services that may open ${String(minOpenFiles)} files`,
      found: `${String(found)} (DefaultLimitNOFILE ${String(openFiles ?? 'unknown')}, fs.nr_open ${String(openFilesOfKernel ?? 'unknown')})`,
      hint: 'take DefaultLimitNOFILE out of /etc/systemd/system.conf and its .d folder, fs.nr_open out of /etc/sysctl.d, and boot again',
    },
  ];
};

export const checkEntropy: Check = ({ facts: { entropyBits } }) => [
  {
    isOk: entropyBits !== null && entropyBits >= minEntropyBits,
    expected: `at least ${String(minEntropyBits)} bits of entropy: keys are made on the hosts`,
    found: entropyBits === null ? 'unknown' : String(entropyBits),
    hint: 'give a virtual machine a virtio-rng device, or install rng-tools-debian',
  },
];

/** The smaller of what the machine has and what its cgroup lets it use. */
function usableCores({ cores, coresAllowed }: HostFacts): number {
  return Math.min(cores ?? 0, coresAllowed ?? Infinity);
}

function limitText(allowed: number | null, had: number | null): string {
  return allowed !== null && had !== null && allowed < had ? ', which its cgroup allows' : '';
}
