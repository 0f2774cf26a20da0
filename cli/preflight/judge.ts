import type { ErrorCode } from '../errors.js';
import {
  checkBundleRoom,
  checkDataDirectory,
  checkDiskSize,
  checkDiskSpeed,
  checkRootDisk,
} from './checks/disks.js';
import { checkAddress, checkHostname, checkMachineId } from './checks/identity.js';
import {
  checkArchitecture,
  checkCgroups,
  checkCpu,
  checkEntropy,
  checkKernel,
  checkMemory,
  checkOpenFiles,
  checkOs,
  checkSwap,
  checkSysctls,
} from './checks/machine.js';
import {
  checkMtu,
  checkNames,
  checkNetworks,
  checkPorts,
  checkReachability,
} from './checks/network.js';
import { checkAptLock, checkLeftovers, checkPackages, checkSystemd } from './checks/system.js';
import { checkClock, checkClockAgainstBundle, checkTimeSource } from './checks/time.js';
import type { SilentHost, Survey } from './survey.js';
import { checkIds, verdictOf, type Check, type CheckId, type Verdict } from './verdict.js';

/** How far one came with a host that is not known further. */
type AccessId = 'ssh' | 'sudo' | 'facts';

const checks: Readonly<Record<Exclude<CheckId, AccessId>, Check>> = {
  os: checkOs,
  architecture: checkArchitecture,
  cpu: checkCpu,
  memory: checkMemory,
  swap: checkSwap,
  'root-disk': checkRootDisk,
  'data-directory': checkDataDirectory,
  'disk-size': checkDiskSize,
  'disk-speed': checkDiskSpeed,
  'bundle-room': checkBundleRoom,
  hostname: checkHostname,
  'machine-id': checkMachineId,
  address: checkAddress,
  networks: checkNetworks,
  names: checkNames,
  clock: checkClock,
  'clock-bundle': checkClockAgainstBundle,
  'time-source': checkTimeSource,
  mtu: checkMtu,
  reachability: checkReachability,
  ports: checkPorts,
  kernel: checkKernel,
  sysctls: checkSysctls,
  cgroups: checkCgroups,
  'open-files': checkOpenFiles,
  entropy: checkEntropy,
  leftovers: checkLeftovers,
  systemd: checkSystemd,
  'apt-lock': checkAptLock,
  packages: checkPackages,
};

/** Judges an island's hosts by what is known of them: nothing is asked, nothing is changed. */
export function judge(survey: Survey): readonly Verdict[] {
  const verdicts = [
    ...survey.silent.map(silentVerdict),
    ...survey.hosts.flatMap((subject) => {
      const { name } = subject.host;
      return checkIds.flatMap((id) =>
        isAccess(id)
          ? [verdictOf(id, name, { ...accessTexts[id], isOk: true, found: 'it does' })]
          : checks[id](subject, survey).map((finding) => verdictOf(id, name, finding)),
      );
    }),
  ];
  const order = survey.island.hosts.map(({ name }) => name);
  return verdicts.sort((one, two) => order.indexOf(one.host) - order.indexOf(two.host));
}

const accessTexts: Readonly<
  Record<AccessId, { readonly expected: string; readonly hint: string }>
> = {
  ssh: { expected: 'the host to answer over SSH', hint: 'try it with -v' },
  sudo: { expected: 'its user to become root', hint: 'see on the host: sudo -l' },
  facts: {
    expected: 'the host to say what it is',
    hint: 'see that perl-base, iproute2 and coreutils are as Debian made them',
  },
};

function silentVerdict({ host, error }: SilentHost): Verdict {
  const id = accessOf(error.code);
  const { expected, hint } = accessTexts[id];
  const found = error.message;
  return verdictOf(id, host.name, { isOk: false, expected, found, hint: error.hint ?? hint });
}

function accessOf(code: ErrorCode): AccessId {
  if (code === 'SUDO_REFUSED') return 'sudo';
  return code === 'REMOTE_FAILED' || code === 'REMOTE_STATE_INVALID' ? 'facts' : 'ssh';
}

function isAccess(id: CheckId): id is AccessId {
  return id === 'ssh' || id === 'sudo' || id === 'facts';
}
