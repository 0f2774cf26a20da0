import { inBackground, type UnfitRow } from './row.js';

const takerScript = String.raw`use IO::Socket::INET;
my $tcp = IO::Socket::INET->new(LocalPort => 443, Proto => 'tcp', Listen => 5) or die;
my $udp = IO::Socket::INET->new(LocalPort => 123, Proto => 'udp') or die;`;

/** Hosts that pass for others, or do not reach them. */
export const networkRows: readonly UnfitRow[] = [
  {
    check: 'hostname',
    what: 'a name that two hosts have',
    by: { host3: 'hostname host1; echo 127.0.1.1 host1 >>/etc/hosts' },
    mend: { host3: 'hostname host3; sed -i /host1/d /etc/hosts' },
    on: ['host1', 'host3'],
  },
  {
    check: 'machine-id',
    what: 'a machine id that two hosts have',
    by: {
      host2: 'cp /etc/machine-id /root/id; echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
      host3: 'cp /etc/machine-id /root/id; echo 0123456789abcdef0123456789abcdef >/etc/machine-id',
    },
    mend: { host2: 'cp /root/id /etc/machine-id', host3: 'cp /root/id /etc/machine-id' },
    on: ['host2', 'host3'],
  },
  {
    check: 'address',
    what: 'an address that two hosts have',
    by: {
      host2: (addressOf) =>
        `ip link add other type bridge; ip address add ${addressOf('host3')}/32 dev other`,
    },
    mend: { host2: 'ip link delete other' },
    on: ['host3'],
  },
  {
    check: 'networks',
    what: 'a link in the network of pods',
    by: { host2: 'ip address add 10.244.3.4/24 dev host0' },
    mend: { host2: 'ip address delete 10.244.3.4/24 dev host0' },
    on: ['host2'],
  },
  {
    check: 'names',
    what: 'a host that does not know its own name',
    by: { host3: 'sed -i s/host3/host9/ /etc/hosts' },
    mend: { host3: 'sed -i s/host9/host3/ /etc/hosts' },
    on: ['host3'],
  },
  {
    check: 'names',
    what: 'a name server that does not answer',
    by: {
      host3: (addressOf) =>
        `echo nameserver ${addressOf('host3').replace(/\d+$/, '99')} >/etc/resolv.conf`,
    },
    mend: { host3: ': >/etc/resolv.conf' },
    on: ['host3'],
  },
  {
    check: 'time-source',
    what: 'two services that keep the time',
    by: {
      host2: 'for name in openntpd ntpsec; do systemd-run --quiet --unit=$name sleep 600; done',
    },
    mend: { host2: 'systemctl stop openntpd ntpsec' },
    on: ['host2'],
  },
  {
    check: 'time-source',
    what: 'a time server that does not answer',
    change: (_file, addressOf) => ({ time: { servers: [addressOf('host3')] } }),
    on: ['host1'],
  },
  {
    check: 'mtu',
    what: 'a link that is smaller than the others',
    by: { host2: 'ip link set host0 mtu 1400' },
    mend: { host2: 'ip link set host0 mtu 1500' },
    // What the others send, and what it does not take, is too large.
    on: ['host2'],
  },
  {
    check: 'mtu',
    what: 'a host that large packets do not get to',
    by: {
      host1:
        'nft add table inet test; nft "add chain inet test in { type filter hook input priority 0; }"; nft add rule inet test in udp dport 123 udp length gt 1300 drop',
    },
    mend: { host1: 'nft delete table inet test' },
    on: ['host2', 'host3'],
  },
  {
    check: 'reachability',
    what: 'a port that one host keeps from another',
    by: {
      host1: (addressOf) =>
        `nft add table inet test; nft "add chain inet test in { type filter hook input priority 0; }"; nft add rule inet test in ip saddr ${addressOf('host2')} tcp dport 443 drop`,
    },
    mend: { host1: 'nft delete table inet test' },
    on: ['host2'],
  },
  {
    check: 'reachability',
    what: 'a UDP port that is closed to all',
    by: {
      host1:
        'nft add table inet test; nft "add chain inet test in { type filter hook input priority 0; }"; nft add rule inet test in udp dport 123 reject',
    },
    mend: { host1: 'nft delete table inet test' },
    on: ['host2', 'host3'],
  },
  {
    check: 'ports',
    what: 'ports that other programs have',
    by: {
      host1: inBackground('taker', takerScript),
    },
    mend: { host1: 'systemctl stop taker; rm /run/taker' },
    on: ['host1'],
  },
];
