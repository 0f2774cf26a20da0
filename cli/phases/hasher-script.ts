/**
 * Perl: `sha256(PATH)` gives a file's SHA-256 in hex, by a program that runs beside the caller's.
 *
 * A bare Debian has two that can: apt's own `file` method, whose library uses the processor's SHA instructions and is
 * five times as fast, and sha256sum. The method deletes the file that `Filename` names before it looks at the one of
 * `URI`, so that the former must be one that is not there.
 * Sources: apt's method interface (apt doc/method.dbk, "Specification"); sha256sum(1).
 */
export const hasherScript = String.raw`
use strict; use warnings; no warnings 'exec'; use IO::Handle; use POSIX ();
my $apt = '/usr/lib/apt/methods/file';
my $with_apt = -x $apt;
my ($ask, $answer);
sub start_hasher {
  pipe(my $theirs, $ask) or die "pipe: $!";
  pipe($answer, my $their_answer) or die "pipe: $!";
  my $pid = fork; defined $pid or die "fork: $!";
  if (!$pid) {
    open(STDIN, '<&', $theirs) or POSIX::_exit(127);
    open(STDOUT, '>&', $their_answer) or POSIX::_exit(127);
    close $_ for $ask, $answer, $theirs, $their_answer;
    exec { $apt } $apt if $with_apt;
    exec 'bash', '-c', 'while IFS= read -r f; do sha256sum -- "$f"; done';
    POSIX::_exit(127);
  }
  close $theirs; close $their_answer;
  $ask->autoflush(1);
  print $ask "601 Configuration\nConfig-Item: APT::Sandbox::User=root\n\n" if $with_apt;
}
sub sha256 {
  my ($path) = @_;
  start_hasher() unless defined $ask;
  if (!$with_apt) {
    print $ask "$path\n";
    my $line = <$answer>; defined $line or die "sha256sum ended\n";
    return substr($line, 0, 64);
  }
  print $ask "600 URI Acquire\nURI: file://$path\nFilename: $path.absent\nExpected-SHA256: ", '0' x 64, "\n\n";
  local $/ = "\n\n";
  while (defined(my $said = <$answer>)) {
    return $said =~ /^SHA256-Hash: ([0-9a-f]{64})$/m ? $1 : '' if $said =~ /^\n*201 /;
    return '' if $said =~ /^\n*4/;
  }
  die "apt's file method ended\n";
}
`;
