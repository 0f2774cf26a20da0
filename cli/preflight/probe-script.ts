/**
 * Perl: tries ports on other hosts, all at the same time, and says of each what came of it, as
 * `HOW ADDRESS PORT OUTCOME`. `tcp` and `udp` are answered by our own listener: first a small packet goes there and
 * back, then as many bytes as fill packets of the link's size, which may not be divided on the way. `connect` is a
 * port that another program has: only the connection counts.
 *
 * Words: the token, the MTU of the link, then `HOW:ADDRESS:PORT` for each.
 * Sources: ip(7), IP_MTU_DISCOVER; an IPv4 header has 20 bytes and one of UDP 8 (RFC 791, RFC 768).
 */
export const probeScript = String.raw`
use strict; use warnings; use IO::Socket::INET; use Errno qw(ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH EINPROGRESS);
$SIG{PIPE} = 'IGNORE';
my ($token, $mtu, @targets) = @ARGV;
my $wait = 3;

sub readable { my ($socket, $seconds) = @_; my $set = ''; vec($set, fileno $socket, 1) = 1; return scalar select($set, undef, undef, $seconds) }
sub why { return $!{ECONNREFUSED} ? 'refused' : $!{EHOSTUNREACH} || $!{ENETUNREACH} ? 'unreachable' : 'silent' }
sub comes_back {
  my ($socket, $bytes) = @_;
  my $said = '';
  while (length $said < $bytes) {
    return 0 unless readable($socket, $wait) && sysread($socket, $said, 65536, length $said);
  }
  return 1;
}
sub stream {
  my ($how, $address, $port) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => 'tcp', Timeout => $wait);
  return why() unless $socket;
  return 'reached' if $how eq 'connect';
  my $said = $token . 'x' x (16384 - length $token);
  syswrite($socket, $said);
  return comes_back($socket, length $said) ? 'reached' : 'stalled';
}
sub datagram {
  my ($address, $port) = @_;
  my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => 'udp') or return why();
  setsockopt($socket, 0, 10, pack('i', 3));
  my $outcome = 'silent';
  for my $bytes (length $token, $mtu - 28) {
    my $said = $token . 'x' x ($bytes - length $token);
    my $is_back = 0;
    for (1 .. $wait) {
      my $reply;
      if (defined send($socket, $said, 0) && readable($socket, 1)) {
        $is_back = defined recv($socket, $reply, 65536, 0) && length $reply == $bytes;
        $outcome = why() if !$is_back && $outcome eq 'silent';
      } elsif ($! && $outcome eq 'silent') { $outcome = why() }
      last if $is_back;
    }
    return $outcome unless $is_back;
    return 'reached' if $bytes > length $token;
    $outcome = 'stalled';
  }
}

while (my @some = splice(@targets, 0, 50)) {
  my @children;
  for (@some) {
    my ($how, $address, $port) = /^(tcp|udp|connect):([\d.]+):(\d+)$/ or die "no word of ours: $_\n";
    defined(my $pid = fork) or die "fork: $!\n";
    if ($pid) { push @children, $pid; next }
    my $outcome = $how eq 'udp' ? datagram($address, $port) : stream($how, $address, $port);
    syswrite STDOUT, "$how $address $port $outcome\n";
    exit 0;
  }
  for (@children) { waitpid $_, 0; die "a probe failed\n" if $? }
}
`;
