/**
 * Perl: tells what a host is and has, as one JSON object. It needs what a bare Debian has (perl-base, coreutils,
 * iproute2, dpkg, systemd) and changes nothing: the file that it times a disk with has no name by the time it is
 * written, so that it goes with the program.
 *
 * Words: `directory=PATH` for each data directory, `name=NAME` for each name that must be known, `time=SERVER` for
 * each time server that must answer.
 * Sources: proc(5), sysfs(5); Linux admin-guide/cgroup-v1 and cgroup-v2; RFC 5905, figure 8 (the request of a client).
 */
export const factsScript = String.raw`
use strict; use warnings; use POSIX (); use Fcntl; use IO::Socket::INET;
$^F = 1000; $ENV{LC_ALL} = 'C'; $ENV{PATH} = '/usr/sbin:/usr/bin:/sbin:/bin';

sub slurp { my ($file) = @_; open(my $in, '<', $file) or return undef; local $/; my $text = <$in>; return $text }
sub line { my $text = slurp(@_); defined $text or return undef; $text =~ s/\s+$//; return $text }
sub said { open(my $out, '-|', @_) or return ''; local $/; my $text = <$out>; close $out; return defined $text ? $text : '' }
sub number { my ($text) = @_; return defined $text && $text =~ /^(-?\d+(?:\.\d+)?)\s*$/ ? \"$1" : undef }
sub truth { return \($_[0] ? 'true' : 'false') }
sub raw { my ($text) = @_; return $text =~ /^\s*\[/ ? \$text : [] }
sub some { my @all = @_; return [@all > 200 ? @all[0 .. 199] : @all] }
sub json {
  my ($value) = @_;
  return 'null' unless defined $value;
  return '{' . join(',', map { json("$_") . ':' . json($value->{$_}) } sort keys %$value) . '}' if ref $value eq 'HASH';
  return '[' . join(',', map { json($_) } @$value) . ']' if ref $value eq 'ARRAY';
  return $$value if ref $value;
  my $text = substr($value, 0, 1000);
  $text =~ s/([^ !#-\[\]-~])/sprintf('\\u%04x', ord $1)/ge;
  return qq("$text");
}

sub os {
  my %said = map { /^(\w+)="?(.*?)"?$/ ? ($1, $2) : () } split /\n/, slurp('/etc/os-release') // '';
  return { id => $said{ID} // '', version => $said{VERSION_ID} // '' };
}
sub cores_allowed {
  my @v2 = split ' ', slurp('/sys/fs/cgroup/cpu.max') // '';
  my ($quota, $period) = @v2 ? @v2 : map { line("/sys/fs/cgroup/cpu/cpu.cfs_$_") // '' } 'quota_us', 'period_us';
  return $quota =~ /^\d+$/ && $period =~ /^[1-9]\d*$/ ? \sprintf('%.3f', $quota / $period) : undef;
}
sub cgroups {
  my $v2 = line('/sys/fs/cgroup/cgroup.controllers');
  return { version => 'v2', controllers => [split ' ', $v2] } if defined $v2;
  my @v1 = map { /^(\w+)\t\d+\t\d+\t1/ && -d "/sys/fs/cgroup/$1" ? $1 : () } split /\n/, slurp('/proc/cgroups') // '';
  return { version => @v1 ? 'v1' : 'none', controllers => \@v1 };
}
sub kernel_options {
  my $release = (POSIX::uname())[2];
  my $config = slurp("/boot/config-$release") // (-e '/proc/config.gz' ? said('gzip', '-dc', '/proc/config.gz') : '');
  my @on = $config =~ /^CONFIG_((?:OVERLAY_FS|VXLAN|VETH|BRIDGE|BRIDGE_NETFILTER|NF_TABLES|NF_CONNTRACK|NFT_NAT|NFT_MASQ|CGROUPS|NET_NS|PID_NS|SECCOMP_FILTER))=[ym]$/mg;
  return @on ? \@on : undef;
}
sub sysctl {
  my ($name) = @_;
  (my $file = "/proc/sys/$name") =~ tr{.}{/};
  return { name => $name, value => number(line($file)), settable => truth(POSIX::access($file, &POSIX::W_OK)) };
}

sub seconds_of_dd {
  my ($fd, @how) = @_;
  my $said = said('sh', '-c', 'exec dd if=/dev/zero "of=/dev/fd/$0" "$@" 2>&1', $fd, @how);
  return $said =~ /copied, ([\d.e+-]+) s/ ? $1 : undef;
}
sub speed {
  my ($path) = @_;
  my $file = "$path/.wire-offline-preflight-$$";
  sysopen(my $probe, $file, O_RDWR | O_CREAT | O_EXCL, 0600) or return {};
  unlink $file;
  my $syncs = seconds_of_dd(fileno $probe, 'bs=4k', 'count=40', 'oflag=dsync');
  my $write = seconds_of_dd(fileno $probe, 'bs=1M', 'count=16', 'conv=fdatasync');
  return {
    syncMs => defined $syncs ? \sprintf('%.3f', $syncs / 40 * 1000) : undef,
    writeMs => defined $write ? \sprintf('%.3f', $write * 1000) : undef,
  };
}
sub directory {
  my ($path, $is_timed) = @_;
  my @stat = stat $path;
  return { path => $path, state => 'absent' } unless @stat;
  return { path => $path, state => 'other' } unless -d _;
  my (undef, $found) = split /\n/, said('df', '-B1', '--output=size,avail,fstype', '--', $path);
  my ($size, $free, $kind) = split ' ', $found // '';
  opendir(my $folder, $path);
  my @entries = sort grep { !/^\.\.?$/ } readdir $folder;
  my %speed = $is_timed && ($free // '') =~ /^\d+$/ && $free > 2 ** 26 ? %{ speed($path) } : ();
  return {
    path => $path, state => 'directory', device => \"$stat[0]", fileSystem => $kind // '',
    sizeBytes => number($size), freeBytes => number($free),
    entries => some(@entries), syncMs => undef, writeMs => undef, %speed,
  };
}

sub lookup {
  my ($name) = @_;
  my $said = said('timeout', '2', 'getent', 'ahostsv4', $name);
  my $status = $? >> 8;
  my %addresses = map { /^(\S+)/ ? ($1, 1) : () } split /\n/, $said;
  return { name => $name, answer => $status == 124 ? 'late' : $status ? 'unknown' : 'known', addresses => some(sort keys %addresses) };
}
sub asked_time {
  my ($server) = @_;
  # A name server that does not answer would hold everything up here, where nothing can stop it.
  my ($address) = $server =~ /^[\d.]+$/ ? $server : @{ lookup($server)->{addresses} };
  my $socket = defined $address && IO::Socket::INET->new(PeerAddr => $address, PeerPort => 123, Proto => 'udp');
  for (1 .. 2) {
    my $reply;
    last unless $socket && defined send($socket, "\x23" . "\0" x 47, 0);
    my $ready = '';
    vec($ready, fileno $socket, 1) = 1;
    return { server => $server, answers => \'true' } if select($ready, undef, undef, 1.5) && defined recv($socket, $reply, 100, 0) && length $reply >= 48;
  }
  return { server => $server, answers => \'false' };
}

sub program_of {
  my ($inode) = @_;
  for my $fd (glob '/proc/[0-9]*/fd/*') {
    next unless (readlink($fd) // '') eq "socket:[$inode]";
    return $fd =~ m{^/proc/(\d+)/} ? line("/proc/$1/comm") : undef;
  }
  return undef;
}
sub bound {
  my ($protocol, $state) = @_;
  my %seen;
  for (map { split /\n/, slurp("/proc/net/$_") // '' } $protocol, $protocol . '6') {
    my (undef, $local, undef, $st, @more) = split ' ';
    next unless defined $st && $st eq $state && $local =~ /:([0-9A-F]{4})$/;
    $seen{ hex $1 } //= $more[5];
  }
  return map { { protocol => $protocol, port => \"$_", program => program_of($seen{$_}) } } sort { $a <=> $b } keys %seen;
}

sub lock_holder {
  my ($file) = @_;
  my ($device, $inode) = stat $file or return ();
  my $place = sprintf('%02x:%02x:%d', ($device >> 8) & 0xfff, ($device & 0xff) | (($device >> 12) & 0xfff00), $inode);
  for (split /\n/, slurp('/proc/locks') // '') {
    my (undef, $kind, undef, undef, $pid, $at) = split ' ';
    next unless $kind ne '->' && ($at // '') eq $place;
    return { path => $file, holder => line("/proc/$pid/comm") // 'a process' };
  }
  return ();
}
sub islands {
  my @said = map { (slurp($_) // '') =~ /"island":"([a-z0-9.-]{1,100})"/ ? $1 : () } glob '/var/lib/wire-offline/accepted/*/*.json';
  my %once = map { ($_, 1) } @said;
  return some(sort keys %once);
}
sub filled { my ($path) = @_; my @in = glob "$path/*"; return -d $path ? scalar @in : -e $path }

my (%words, %services);
for (@ARGV) { my ($kind, $word) = /^(\w+)=(.*)$/ or die "no word of ours: $_\n"; push @{ $words{$kind} }, $word }
my ($memory) = (slurp('/proc/meminfo') // '') =~ /^MemTotal:\s+(\d+) kB/m;
my (undef, @swaps) = split /\n/, slurp('/proc/swaps') // '';
my ($hostname) = (POSIX::uname())[1];
my ($open) = said('systemctl', 'show', '--property=DefaultLimitNOFILE') =~ /=(\d+)/;
my @time_units = qw(chrony.service ntp.service ntpsec.service openntpd.service systemd-timesyncd.service);
my @old = qw(
  /etc/kubernetes/manifests /etc/kubernetes/admin.conf /var/lib/kubelet /var/lib/etcd /var/lib/docker /var/lib/containerd
  /etc/cassandra /var/lib/cassandra /mnt/cassandra /opt/cassandra /opt/elasticsearch /etc/elasticsearch /var/lib/elasticsearch
  /var/lib/minio-server1 /var/lib/minio-server2 /opt/assets /etc/rancher /etc/rabbitmq /etc/restund
  /opt/opensearch /opt/minio /opt/etcd
);
print json({
  os => os(), architecture => line_of(said('dpkg', '--print-architecture')), kernel => (POSIX::uname())[2],
  cores => number(said('nproc')), coresAllowed => cores_allowed(),
  memoryBytes => number(defined $memory ? $memory * 1024 : undef),
  memoryAllowedBytes => number(line('/sys/fs/cgroup/memory.max') // line('/sys/fs/cgroup/memory/memory.limit_in_bytes')),
  swaps => some(map { /^(\S+)/ ? $1 : () } @swaps), hostname => $hostname, machineId => line('/etc/machine-id') // '',
  links => raw(said('ip', '-j', '-4', 'address', 'show')), routes => raw(said('ip', '-j', '-4', 'route', 'show')),
  root => [map { directory($_, 0) } '/', '/var'], directories => [map { directory($_, 1) } @{ $words{directory} // [] }],
  names => [map { lookup($_) } $hostname, 'localhost', 'wire-offline.invalid', @{ $words{name} // [] }],
  timeServers => [map { asked_time($_) } @{ $words{time} // [] }],
  timeServices => [grep { said('systemctl', 'is-active', $_) =~ /^active/ } @time_units],
  bound => [bound('tcp', '0A'), bound('udp', '07')],
  kernelOptions => kernel_options(), cgroups => cgroups(),
  sysctls => [map { sysctl($_) } qw(vm.max_map_count net.ipv4.ip_forward kernel.pid_max)],
  openFiles => number($open), openFilesOfKernel => number(line('/proc/sys/fs/nr_open')),
  entropyBits => number(line('/proc/sys/kernel/random/entropy_avail')),
  leftovers => [grep { filled($_) } @old], islands => islands(),
  systemd => line_of(said('systemctl', 'is-system-running')),
  failedUnits => some(map { /^\W*(\S+)/ ? $1 : () } split /\n/, said('systemctl', '--failed', '--plain', '--no-legend')),
  locks => [map { lock_holder($_) } qw(/var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock)],
  brokenPackages => some(map { /^ (\S+)/ ? $1 : () } split /\n/, said('dpkg', '--audit')),
}), "\n";

sub line_of { my ($text) = @_; $text =~ s/\s+$//; return $text }
`;
