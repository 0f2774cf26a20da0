import type { CgroupPlan } from './cgroups.js';
import { nspawnCapabilities } from './host-profile.js';
import type { RehearsalHost, RehearsalIsland } from './host.js';
import { machineName, type Argv } from './network.js';
import { diskPlaces, type HostPlaces } from './places.js';

/** A program that runs in cgroups, given by the files that processes join them by. */
export function joinAndRun(joins: readonly string[], program: Argv): Argv {
  return ['sh', '-euc', `${joinScript}exec "$@"`, 'sh', ...joins, '--', ...program];
}

/** Words: the files to join cgroups by, `--`, and what is left for whatever follows. */
const joinScript = `
while [ "$1" != -- ]; do echo $$ >"$1"; shift; done
shift
`;

/**
 * In a mount namespace of the container's own, so that no other host holds its disks and nothing is left mounted
 * when its last process ends: joins the cgroups, so that a take-down finds it, mounts each image beside itself, makes
 * the root this host's at the first start and becomes the container. Words: host folder, user, sudo password file, cgroup files, `--`, program.
 */
const launchScript = `
cd "$1"; user=$2; password=$3; shift 3
${joinScript}
exec >>console.log 2>&1
for image in *.img; do mount -o loop,noinit_itable "$image" "\${image%.img}"; done
if [ -d seed ]; then
  if [ "$user" != root ]; then
    chroot root useradd --create-home --shell /bin/bash "$user"
    if [ -e "$password" ]; then printf '%s:%s\\n' "$user" "$(cat "$password")" | chroot root chpasswd; fi
  fi
  cp -R --preserve=mode,links seed/. root/
  if [ "$user" != root ]; then chroot root chown -R "$user:" "/home/$user"; fi
  sync -f root
  rm -r seed
fi
echo $$ >pid
exec "$@"
`;

export interface Launch {
  readonly host: RehearsalHost;
  readonly island: RehearsalIsland;
  readonly places: HostPlaces;
  readonly cgroups: CgroupPlan;
  readonly sudoPasswordFile: string;
}

/** The program that becomes a host, and stays as long as it runs. */
export function launchHost(launch: Launch): Argv {
  const { host, places, cgroups, sudoPasswordFile } = launch;
  return [
    ...(['unshare', '--mount', '--propagation', 'private'] as const),
    ...['sh', '-euc', launchScript, 'sh', places.folder, host.user, sudoPasswordFile],
    ...[...cgroups.joins, '--', ...container(launch)],
  ];
}

function container({ host, island, places }: Launch): readonly string[] {
  return [
    'systemd-nspawn',
    ...['--quiet', '--boot', `--directory=${places.rootFolder}`],
    ...[`--machine=${machineName(host.address)}`, `--network-bridge=${island.network.bridge}`],
    // This tool keeps the books: it needs no systemd here, and cgroups are made before.
    ...['--register=no', '--keep-unit', ...nspawnCapabilities],
    ...['--bind=/dev/kmsg', '--resolv-conf=off', '--timezone=off', '--link-journal=no'],
    ...['--console=pipe'],
    ...host.disks.map(({ path }, index) => `--bind=${diskPlaces(places, index).folder}:${path}`),
  ];
}
