/**
 * Perl: listens for a moment on ports that nothing listens on yet, and gives back what it is sent, to hosts of the
 * island only and only to who knows the token. Says `taken tcp 443` of a port that it cannot have, then `ready`; ends
 * when its standard input does, or after two minutes.
 *
 * Words: the token, `port=tcp:443` for each port, `peer=10.0.0.1` for each address that may come.
 */
export const listenScript = String.raw`
use strict; use warnings; use IO::Socket::INET; use IO::Select;
$| = 1; $SIG{PIPE} = 'IGNORE';
alarm 120;
my ($token, @words) = @ARGV;
my (@ports, %peers);
for (@words) { if (/^port=(tcp|udp):(\d+)$/) { push @ports, [$1, $2] } elsif (/^peer=([\d.]+)$/) { $peers{$1} = 1 } else { die "no word of ours: $_\n" } }
my $all = IO::Select->new(\*STDIN);
my (%servers, %datagrams, %streams);
for (@ports) {
  my ($protocol, $port) = @$_;
  my @tcp = $protocol eq 'tcp' ? (Listen => 64, ReuseAddr => 1) : ();
  my $socket = IO::Socket::INET->new(LocalPort => $port, Proto => $protocol, @tcp);
  if (!$socket) { print "taken $protocol $port\n"; next }
  ($protocol eq 'tcp' ? \%servers : \%datagrams)->{$socket} = 1;
  $all->add($socket);
}
print "ready\n";
while (my @ready = $all->can_read) {
  for my $one (@ready) {
    if ($one == \*STDIN) { exit 0 unless sysread(STDIN, my $ignored, 100) }
    elsif ($servers{$one}) {
      my $stream = $one->accept or next;
      if (!$peers{ $stream->peerhost // '' }) { close $stream; next }
      $stream->blocking(0);
      $streams{$stream} = '';
      $all->add($stream);
    }
    elsif ($datagrams{$one}) {
      my $said;
      my $from = recv($one, $said, 65536, 0);
      next unless defined $from && length $from && rindex($said, $token, 0) == 0;
      my (undef, $address) = sockaddr_in($from);
      send($one, $said, 0, $from) if $peers{ inet_ntoa($address) };
    }
    else {
      my $said;
      my $got = sysread($one, $said, 65536);
      $streams{$one} .= $said if $got;
      my $kept = $streams{$one};
      my $is_ours = rindex($kept, $token, 0) == 0 || rindex($token, $kept, 0) == 0;
      if ($got && $is_ours && length $kept < 16384) { next }
      # Whoever closes first keeps the port busy for a minute: that is left to who came.
      if ($got && $is_ours) { $one->blocking(1); syswrite($one, $kept); $streams{$one} = $token; next }
      $all->remove($one); delete $streams{$one}; close $one;
    }
  }
}
`;
