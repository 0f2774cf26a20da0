import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Secret } from '../../server/contract/secret.js';
import { WireOfflineError } from '../errors.js';
import { shellLine } from '../input/shell-word.js';
import type { SshConnection, SshProcess } from './ssh.js';

/** How a user becomes root on a host. */
export type Privilege =
  | { readonly kind: 'root' }
  | { readonly kind: 'sudo' }
  | { readonly kind: 'sudo-password'; readonly password: Secret };

/** A program that runs on a host as root, past all that sudo asks: its standard input is its own. */
export type RemoteProcess = Pick<SshProcess, 'stdin' | 'stdout' | 'exited' | 'close'> & {
  /** What it has said on standard error so far, its last 16 KiB. */
  readonly stderr: () => string;
};

/** An error's text needs its last lines only. */
const keptStderrCharacters = 16 * 1024;

/**
 * Starts a program as root and waits until it runs. Sudo gets its password over standard input, and only once it has
 * asked in words that this run made up: it is never on a command line, and never becomes a program's input.
 *
 * @throws {WireOfflineError} SUDO_REFUSED, HOST_LOST
 */
export async function startAsRoot(
  connection: SshConnection,
  argv: readonly [string, ...string[]],
  privilege: Privilege,
): Promise<RemoteProcess> {
  const marks = { asks: `[password ${randomUUID()}]`, runs: `[runs ${randomUUID()}]` };
  const child = await connection.start(shellLine(rootArgv(argv, privilege, marks)));
  const stderr = new MarkedText(child.stderr);
  let hasAnswered = false;
  for (;;) {
    const seen = await stderr.until([marks.runs, marks.asks]);
    if (seen === marks.runs)
      return { ...child, stderr: () => stderr.text.slice(-keptStderrCharacters) };
    if (seen === marks.asks && !hasAnswered && privilege.kind === 'sudo-password') {
      hasAnswered = true;
      child.stdin.write(`${privilege.password.reveal()}\n`);
      continue;
    }
    child.stdout.resume();
    child.close();
    if (seen === undefined) await child.exited;
    throw refused(seen === undefined ? stderr.text : 'a wrong password');
  }
}

/** The words that run a program as root and say on standard error that it is about to run. */
function rootArgv(
  argv: readonly string[],
  { kind }: Privilege,
  { asks, runs }: { readonly asks: string; readonly runs: string },
): readonly string[] {
  const announced = ['sh', '-c', 'printf %s "$0" >&2; exec "$@"', runs, ...argv];
  switch (kind) {
    case 'root':
      return announced;
    case 'sudo':
      return ['sudo', '-n', '--', ...announced];
    case 'sudo-password':
      // -k: a remembered password would leave ours to the program.
      return ['sudo', '-k', '-S', '-p', asks, '--', ...announced];
  }
}

/** Gathers a stream's text, with marks taken out of it as they come. */
class MarkedText {
  text = '';
  readonly #stream: Readable;
  #hasEnded = false;

  constructor(stream: Readable) {
    this.#stream = stream;
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      this.text = (this.text + chunk).slice(-4 * keptStderrCharacters);
    });
    for (const end of ['end', 'close', 'error'])
      stream.on(end, () => {
        this.#hasEnded = true;
      });
  }

  /** Waits for one of the marks, in the order of the stream; nothing where it ends without. */
  async until(marks: readonly string[]): Promise<string | undefined> {
    for (;;) {
      const found = marks.filter((mark) => this.text.includes(mark));
      const [first] = found.sort((a, b) => this.text.indexOf(a) - this.text.indexOf(b));
      if (first !== undefined) {
        this.text = this.text.replace(first, '');
        return first;
      }
      if (this.#hasEnded) return undefined;
      const stop = new AbortController();
      const { signal } = stop;
      const events = ['data', 'end', 'close', 'error'];
      await Promise.race(events.map((event) => once(this.#stream, event, { signal })));
      stop.abort();
    }
  }
}

function refused(got: string): WireOfflineError {
  return new WireOfflineError('SUDO_REFUSED', {
    message: `sudo: expected it to run commands as root, got ${got.trim() || 'nothing'}`,
    hint: 'say sudo: prompt in the island file where sudo asks for a password; see: sudo -l on the host',
  });
}
