import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Argv } from './network.js';

/** The release that hosts of an island run, with its updates. */
export const baseSuites = ['bookworm', 'bookworm-updates', 'bookworm-security'] as const;

/**
 * What Debian's installer leaves on a server that nothing was chosen for but an SSH server, as far as an install can
 * notice: no python3, no curl, no resolver, nothing that listens besides sshd. The kernel and its boot are the
 * machine's.
 */
export const basePackages = [
  ...['ca-certificates', 'dbus', 'e2fsprogs', 'ifupdown', 'iproute2', 'iptables', 'iputils-ping'],
  ...['kmod', 'less', 'libpam-systemd', 'nano', 'netbase', 'nftables', 'openssh-server', 'procps'],
  ...['sudo', 'systemd', 'systemd-sysv', 'tzdata'],
] as const;

/** The disk that `/` is on; only what is written takes room on this machine. */
const rootSize = '16G';

/**
 * Makes the image once and leaves it alone when it is there. Whoever comes second waits at the lock. The mounts that
 * mmdebstrap makes are of this namespace, so that none stays where it is killed. What tells one host from another is
 * taken out. Words: image, suite, packages, sources.
 */
const buildScript = `
image=$1; suite=$2; packages=$3; shift 3
if [ -e "$image" ]; then exit 0; fi
rm -rf "$image.work" "$image.partial"
mkdir "$image.work"
mmdebstrap --quiet --variant=minbase --include="$packages" \\
  --customize-hook='rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/hostname "$1"/etc/resolv.conf; : >"$1"/etc/machine-id' \\
  "$suite" "$image.work/root" "$@"
truncate --size=${rootSize} "$image.partial"
mkfs.ext4 -q -F -m 0 -L root -E lazy_itable_init=1,lazy_journal_init=1,nodiscard -d "$image.work/root" "$image.partial"
rm -rf "$image.work"
sync "$image.partial"
mv "$image.partial" "$image"
`;

/** The image of the base root, named after all that it is made from but the mirror, which makes no difference. */
export function baseImageFile(cache: string): string {
  const madeFrom = JSON.stringify([baseSuites, basePackages, buildScript]);
  const key = createHash('sha256').update(madeFrom).digest('hex').slice(0, 16);
  return join(cache, 'rehearsal', `${baseSuites[0]}-${key}.img`);
}

/** Makes the image of the base root where there is none yet, out of lines of sources.list; its folder must be there. */
export function buildBaseRoot(image: string, sourceLines: readonly string[]): Argv {
  return [
    ...(['flock', `${image}.lock`] as const),
    ...['unshare', '--mount', '--propagation', 'private'],
    ...[
      'sh',
      '-euc',
      buildScript,
      'sh',
      image,
      baseSuites[0],
      basePackages.join(','),
      ...sourceLines,
    ],
  ];
}

/**
 * A host's own copy of the base root: a clone where the file system can, else the 250 MB that are data. An image is
 * copied in a fraction of a second, is a disk of its own size like a real host's, can lose power like one, and
 * carries overlayfs for containers, which no overlayfs root could.
 */
export function copyRoot(image: string, to: string): Argv {
  return ['cp', '--sparse=always', '--reflink=auto', image, to];
}

/** An empty ext4 disk in a file; only what is written takes room on this machine. */
export function makeDisk(image: string, sizeBytes: number): readonly Argv[] {
  const options = 'lazy_itable_init=1,lazy_journal_init=1,nodiscard';
  return [
    ['truncate', `--size=${String(sizeBytes)}`, image],
    ['mkfs.ext4', '-q', '-F', '-m', '0', '-E', options, image],
  ];
}
