import { inBackground, type UnfitRow } from './row.js';

/** The lock as apt takes it. Source: fcntl(2); struct flock of a machine of 64 bits. */
const holderScript = String.raw`use Fcntl;
open my $lock, '+>>', '/var/lib/dpkg/lock-frontend' or die;
my $all = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLK, $all) or die;`;

/** Hosts whose system is not as it should be. */
export const systemRows: readonly UnfitRow[] = [
  {
    check: 'sysctls',
    what: 'a sysctl that cannot be set',
    by: {
      host1:
        'mount --bind /proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv4/ip_forward; mount -o remount,bind,ro /proc/sys/net/ipv4/ip_forward',
    },
    mend: { host1: 'umount /proc/sys/net/ipv4/ip_forward' },
    on: ['host1'],
  },
  {
    check: 'open-files',
    what: 'a low limit of open files',
    by: {
      host2:
        'mkdir -p /etc/systemd/system.conf.d; printf "[Manager]\\nDefaultLimitNOFILE=1024\\n" >/etc/systemd/system.conf.d/test.conf; systemctl daemon-reexec',
    },
    mend: { host2: 'rm /etc/systemd/system.conf.d/test.conf; systemctl daemon-reexec' },
    on: ['host2'],
  },
  {
    check: 'leftovers',
    what: 'what an earlier install left',
    by: { host2: 'mkdir -p /var/lib/etcd/member' },
    mend: { host2: 'rm -r /var/lib/etcd' },
    on: ['host2'],
  },
  {
    check: 'leftovers',
    what: 'a data directory with something in it',
    by: { host1: 'touch /srv/objects/bucket' },
    mend: { host1: 'rm /srv/objects/bucket' },
    on: ['host1'],
  },
  {
    check: 'systemd',
    what: 'a unit that failed',
    by: {
      host2:
        'systemd-run --quiet --unit=broken false; until systemctl is-failed --quiet broken; do sleep 0.1; done',
    },
    mend: { host2: 'systemctl reset-failed' },
    on: ['host2'],
  },
  {
    check: 'apt-lock',
    what: 'somebody who installs packages',
    by: {
      host2: inBackground('holder', holderScript),
    },
    mend: { host2: 'systemctl stop holder; rm /run/holder' },
    on: ['host2'],
  },
  {
    check: 'packages',
    what: 'a package that is half configured',
    by: {
      host2:
        'cp /var/lib/dpkg/status /root/status; sed -i "/^Package: less$/,/^$/s/install ok installed/install ok half-configured/" /var/lib/dpkg/status',
    },
    mend: { host2: 'cp /root/status /var/lib/dpkg/status' },
    on: ['host2'],
  },
];
