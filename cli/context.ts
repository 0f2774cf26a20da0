import type { Readable } from 'node:stream';

/** All that a command takes from the process it runs in; only `main` builds it from the real one. */
export interface Context {
  /** The words after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdin: Readable;
  /** Takes the result and nothing else. */
  readonly stdout: NodeJS.WriteStream;
  /** Takes progress and errors. */
  readonly stderr: NodeJS.WriteStream;
  /** Aborts on the first Ctrl-C, SIGTERM or SIGHUP; work stops cleanly when it does. */
  readonly signal: AbortSignal;
}
