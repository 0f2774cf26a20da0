import { hasherScript } from './hasher-script.js';

/**
 * Perl: receives blobs, each a line `HEX SIZE OFFSET` and the bytes from there on. What arrives is kept whatever
 * happens. A whole blob is hashed while the next one comes; the right one gets its name and is told as `ok HEX`, a
 * wrong one goes and is told as `bad HEX`. `full` where the disk is full; then it ends with status 3.
 *
 * The judge also has the disk write while more arrives, so that little is left at the end: what was told is safe from a
 * power cut once the receiver has ended with status 0, and not before.
 *
 * Bytes are written at the place they have in the blob: a receiver that outlives its broken connection for a moment
 * writes what its successor writes.
 *
 * Words: the folder of blobs, the folder of what arrives, seconds of silence after which it ends.
 */
export const receiveScript = `${hasherScript}${String.raw`
use Fcntl; use Errno ();
my ($blobs, $incoming, $silence) = @ARGV;
my $flush_every = 32 << 20;
$| = 1; binmode STDIN; $SIG{PIPE} = 'IGNORE'; umask 022;
system('mkdir', '-p', '--', $blobs, $incoming) == 0 or full_or_die("mkdir $blobs");
pipe(my $todo, my $arrived) or die "pipe: $!";
my $judge = fork; defined $judge or die "fork: $!";
if (!$judge) {
  open(STDIN, '<', '/dev/null') or die "/dev/null: $!"; close $arrived;
  while (my $line = <$todo>) {
    my ($word, $hex) = split ' ', $line;
    if ($word eq 'flush') { flush_to_disk("$incoming/$hex"); next }
    my $is_right = sha256("$incoming/$hex") eq $hex;
    $is_right ? rename("$incoming/$hex", "$blobs/$hex") || die "rename $hex: $!" : unlink "$incoming/$hex";
    syswrite STDOUT, ($is_right ? 'ok' : 'bad') . " $hex\n";
  }
  POSIX::_exit(0);
}
close $todo; $arrived->autoflush(1);
my $buffer = '';
FRAME: while (1) {
  my $end;
  while (($end = index $buffer, "\n") < 0) { more() or last FRAME }
  my $head = substr $buffer, 0, $end + 1, '';
  my ($hex, $size, $at) = $head =~ /^([0-9a-f]{64}) (\d+) (\d+)\n$/ or die "no blob's head\n";
  unlink "$blobs/$hex";
  sysopen(my $file, "$incoming/$hex", O_WRONLY | O_CREAT | O_NOFOLLOW, 0644) or full_or_die($hex);
  truncate($file, $at) or die "truncate $hex: $!";
  sysseek($file, $at, 0) or die "seek $hex: $!";
  my $left = $size - $at;
  my $unflushed = 0;
  while ($left > 0) {
    if ($buffer eq '') { more() or last FRAME }
    my $take = length $buffer < $left ? length $buffer : $left;
    my $written = syswrite $file, $buffer, $take;
    defined $written or full_or_die($hex);
    substr $buffer, 0, $written, '';
    $left -= $written;
    $unflushed += $written;
    if ($unflushed >= $flush_every) { print $arrived "flush $hex\n"; $unflushed = 0 }
  }
  close $file or full_or_die($hex);
  print $arrived "whole $hex\n";
}
finish();
system('sync', '-f', '--', $blobs) == 0 or die "sync $blobs\n";
sub flush_to_disk {
  my ($path) = @_;
  open(my $file, '<', $path) or return;
  $file->sync or die "sync $path: $!\n";
}
sub finish { close $arrived; waitpid $judge, 0; die "the judge of blobs failed\n" if $? }
sub more {
  my $ready = '';
  vec($ready, fileno STDIN, 1) = 1;
  return 0 unless select $ready, undef, undef, $silence;
  my $got = sysread STDIN, $buffer, 1 << 20, length $buffer;
  return defined $got && $got > 0;
}
sub full_or_die {
  my ($what) = @_;
  die "$what: $!" unless $!{ENOSPC} || $!{EDQUOT};
  finish() if $judge;
  print "full\n";
  exit 3;
}
`}`;
