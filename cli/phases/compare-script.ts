import { hasherScript } from './hasher-script.js';

/**
 * Perl: reads `HEX SIZE` lines, and says of each blob what is there: `have HEX` where its content is right, `bad HEX`
 * where it is not, `part HEX BYTES` where it has begun to arrive, nothing where there is none; first `free BYTES` of
 * the file system. It hashes with all processors and changes nothing. What an earlier run left to be written to the
 * disk is written first, so that a power cut takes nothing away that it tells of.
 *
 * Words: the folder of blobs, the folder of what arrives, how many to hash at once.
 */
export const compareScript = `${hasherScript}${String.raw`
my ($blobs, $incoming, $workers) = @ARGV;
$| = 1;
if (-d $blobs) { system('sync', '-f', '--', $blobs) == 0 or die "sync $blobs\n" }
my $there = $blobs;
$there =~ s{/[^/]+$}{} until -d $there || $there eq '';
open(my $df, '-|', 'df', '--output=avail', '-B1', '--', $there eq '' ? '/' : $there) or die "df: $!";
my @lines = <$df>;
print 'free ', $lines[1] =~ /(\d+)/ ? $1 : 0, "\n";
my @whole;
while (my $line = <STDIN>) {
  my ($hex, $size) = $line =~ /^([0-9a-f]{64}) (\d+)$/ or die "no blob: $line";
  if (my @stat = lstat "$blobs/$hex") {
    if (-f _ && $stat[7] == $size) { push @whole, [$hex, $size] } else { print "bad $hex\n" }
  } elsif (@stat = lstat "$incoming/$hex") {
    print "part $hex $stat[7]\n" if -f _;
  }
}
my @shares = map { { bytes => 0, blobs => [] } } 1 .. $workers;
for my $blob (sort { $b->[1] <=> $a->[1] } @whole) {
  my ($least) = sort { $a->{bytes} <=> $b->{bytes} } @shares;
  push @{ $least->{blobs} }, $blob->[0];
  $least->{bytes} += $blob->[1];
}
my @children;
for my $share (grep { @{ $_->{blobs} } } @shares) {
  my $pid = fork; defined $pid or die "fork: $!";
  if ($pid) { push @children, $pid; next }
  for my $hex (@{ $share->{blobs} }) {
    my $said = (sha256("$blobs/$hex") eq $hex ? 'have' : 'bad') . " $hex\n";
    syswrite STDOUT, $said;
  }
  POSIX::_exit(0);
}
for my $pid (@children) { waitpid $pid, 0; die "a worker failed\n" if $? }
`}`;
