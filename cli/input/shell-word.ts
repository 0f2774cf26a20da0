/** A word as a person can paste it into a POSIX shell. */
export function shellWord(word: string): string {
  return /^[\w./@%+=:,-]+$/.test(word) ? word : quoted(word);
}

/**
 * Words as a line that any POSIX shell takes for exactly these words: each is quoted, so that none is an assignment,
 * a reserved word, a pattern or an operator. SSH carries lines only, and this is the one place that makes them.
 * Source: POSIX.1-2017, Shell Command Language, 2.2.2.
 *
 * @throws {TypeError} for a NUL, which no argument can hold.
 */
export function shellLine(argv: readonly string[]): string {
  if (argv.some((word) => word.includes('\0')))
    throw new TypeError('an argument of a program cannot hold a NUL');
  return argv.map(quoted).join(' ');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
