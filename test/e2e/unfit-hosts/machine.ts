import type { LooseFile, UnfitRow } from './row.js';

/** The island file asks another size of the first host. */
export const host1Size = (size: object) => (file: LooseFile) => ({
  hosts: file.hosts.map((host, index) => (index === 0 ? { ...host, size } : host)),
});

const searchStore = (search: object) => (file: LooseFile) => ({
  stores: { ...file.stores, search },
});

/** Hosts that cannot be asked, or are not the machines that they should be. */
export const machineRows: readonly UnfitRow[] = [
  {
    check: 'ssh',
    what: 'an sshd that is away',
    by: { host3: 'systemctl stop ssh' },
    mend: { host3: 'systemctl start ssh' },
    on: ['host3'],
  },
  {
    check: 'sudo',
    what: 'a user who may not become root',
    by: { host2: 'mv /etc/sudoers.d/island /root/' },
    mend: { host2: 'mv /root/island /etc/sudoers.d/' },
    on: ['host2'],
  },
  {
    check: 'facts',
    what: 'a host without perl',
    by: { host2: 'mv /usr/bin/perl /usr/bin/perl.away' },
    mend: { host2: 'mv /usr/bin/perl.away /usr/bin/perl' },
    on: ['host2'],
  },
  {
    check: 'facts',
    what: 'a shell that says something of its own',
    by: { host3: 'cp /root/.bashrc /root/bashrc; echo echo hello >/root/.bashrc' },
    mend: { host3: 'mv /root/bashrc /root/.bashrc' },
    on: ['host3'],
  },
  {
    check: 'os',
    what: 'another release of Debian',
    by: {
      host2: `sed 's/VERSION_ID="12"/VERSION_ID="11"/' /etc/os-release >/root/os; mount --bind /root/os /usr/lib/os-release`,
    },
    mend: { host2: 'umount /usr/lib/os-release' },
    on: ['host2'],
  },
  {
    check: 'cpu',
    what: 'too few cores',
    change: host1Size({ cores: 2, memory: '1GiB' }),
    on: ['host1'],
  },
  {
    check: 'memory',
    what: 'too little memory',
    change: host1Size({ cores: 1, memory: '2GiB' }),
    on: ['host1'],
  },
  {
    check: 'root-disk',
    what: 'a root disk that is nearly full',
    by: { host3: 'fallocate -l 13G /root/filler' },
    mend: { host3: 'rm /root/filler' },
    on: ['host3'],
  },
  {
    check: 'data-directory',
    what: 'a data directory on the root disk',
    by: { host1: 'mkdir /root/data; mount --bind /root/data /srv/search' },
    mend: { host1: 'umount /srv/search; rmdir /root/data' },
    on: ['host1'],
  },
  {
    check: 'data-directory',
    what: 'a data directory that shares a disk with another',
    by: { host1: 'mount --bind /srv/cassandra /srv/search' },
    mend: { host1: 'umount /srv/search' },
    on: ['host1'],
  },
  {
    check: 'data-directory',
    what: 'a data directory that a power cut would empty',
    by: { host1: 'mount -t tmpfs -o size=300m tmpfs /srv/search' },
    mend: { host1: 'umount /srv/search' },
    on: ['host1'],
  },
  {
    check: 'data-directory',
    what: 'a data directory that is not there',
    change: searchStore({ disk: '300MB', dataDirectory: '/srv/nowhere' }),
    on: ['host1'],
  },
  {
    check: 'disk-size',
    what: 'a disk that is too small',
    change: searchStore({ disk: '400MB' }),
    on: ['host1'],
  },
  {
    check: 'disk-speed',
    what: 'a disk that cannot be written',
    by: { host1: 'mount -o remount,bind,ro /srv/search' },
    mend: { host1: 'mount -o remount,bind,rw /srv/search' },
    on: ['host1'],
  },
];
