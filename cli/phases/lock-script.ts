/**
 * Perl: takes a lock and holds it as long as its standard input says something now and then. Says `held`, or
 * `taken RUN PID WHO` where another holds it. The kernel frees the lock with the process, whatever ends it; a holder
 * of the same run, whose connection broke, is told to go.
 *
 * Words: the lock's file, the run, who takes it and what for, seconds of silence after which it lets go.
 */
export const lockScript = String.raw`
use strict; use warnings; use Fcntl qw(:DEFAULT :flock);
my ($file, $run, $who, $silence) = @ARGV;
$| = 1; umask 077;
my ($folder) = $file =~ m{^(.+)/};
system('mkdir', '-p', '-m', '755', '--', $folder) == 0 or die "mkdir $folder\n";
sysopen(my $lock, $file, O_RDWR | O_CREAT | O_NOFOLLOW, 0600) or die "$file: $!\n";
my $until = time + 3;
until (flock $lock, LOCK_EX | LOCK_NB) {
  open(my $read, '<', $file) or die "$file: $!\n";
  my $holder = <$read> // "\n";
  my ($their_run, $pid) = split / /, $holder;
  kill 'TERM', $pid if $their_run eq $run && $pid =~ /^[1-9][0-9]*$/;
  if (time >= $until) { print "taken $holder"; exit 0 }
  select undef, undef, undef, 0.1;
}
truncate $lock, 0;
syswrite $lock, "$run $$ $who\n";
print "held\n";
while (1) {
  my $ready = '';
  vec($ready, fileno STDIN, 1) = 1;
  last unless select $ready, undef, undef, $silence;
  sysread STDIN, my $said, 4096 or last;
}
truncate $lock, 0;
`;
