/**
 * What only a rehearsal host is given, because it is a namespace on another machine's kernel and no machine of its
 * own. Nothing of this may ever be needed, or be found, on a real host.
 */

/** Systems that want a read-write `/proc/sys`, as sysctl does, get it. Source: systemd's docs/ENVIRONMENT. */
export const nspawnEnvironment = { SYSTEMD_NSPAWN_API_VFS_WRITABLE: '1' } as const;

/**
 * A host may do with its own namespaces what it likes, but the kernel's clock and modules are this machine's: with
 * these its time service would step this machine's clock. Nothing that runs in a host may have them.
 */
const withheldCapabilities = ['sys_time', 'sys_module'] as const;

export const nspawnCapabilities = [
  '--capability=all',
  `--drop-capability=${withheldCapabilities.map((name) => `CAP_${name.toUpperCase()}`).join(',')}`,
  '--system-call-filter=@known',
] as const;

/** Goes before a program that enters a host from outside, where systemd-nspawn withholds nothing from it. */
export const withheldFromGuests = [
  'setpriv',
  `--bounding-set=${withheldCapabilities.map((name) => `-${name}`).join(',')}`,
  '--',
] as const;

/** A file of the host that differs from a bare installation's. */
export interface SeedFile {
  /** Below the root, without a slash before it. */
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

/** A kubelet needs its cgroups writable and its mounts shared, as they are on a machine of its own. */
const namespaceUnit = `[Unit]
Description=Make a rehearsal host's namespaces like a machine's
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
ExecStart=/bin/sh -ec 'mount --make-rshared /; for folder in /sys/fs/cgroup/*/; do mount -o remount,rw,bind "$$folder"; done'

[Install]
WantedBy=sysinit.target
`;

/** Without the right to set the clock chronyd only runs when it is told not to try; the machine's clock serves. */
const chronyDropIn = `[Unit]
ConditionCapability=

[Service]
ExecStart=
ExecStart=/usr/sbin/chronyd -x -F 1
`;

/** The relaxations that are files of the host. */
export const profileFiles: readonly SeedFile[] = [
  {
    path: 'etc/systemd/system/wire-offline-rehearsal.service',
    mode: 0o644,
    content: namespaceUnit,
  },
  {
    path: 'etc/systemd/system/chrony.service.d/wire-offline-rehearsal.conf',
    mode: 0o644,
    content: chronyDropIn,
  },
];

/** Units that are switched on or off, as `systemctl enable` and `systemctl mask` link them. */
export const profileLinks: readonly { readonly path: string; readonly target: string }[] = [
  {
    path: 'etc/systemd/system/sysinit.target.wants/wire-offline-rehearsal.service',
    target: '/etc/systemd/system/wire-offline-rehearsal.service',
  },
  // It waits for udev, whose events are the whole machine's: the disks of other rehearsals keep it until it fails.
  { path: 'etc/systemd/system/ifupdown-pre.service', target: '/dev/null' },
];
