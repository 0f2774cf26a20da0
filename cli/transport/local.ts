import { execa } from 'execa';
import { WireOfflineError } from '../errors.js';

export interface LocalCommand {
  /** The program and its words; never a shell line, never a secret. */
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** The whole environment; nothing is inherited that is not named here. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Told each line of both streams as it comes. */
  readonly onLine?: (line: string) => void;
  /**
   * `shared`: the program may ask the person at this terminal, and its standard error goes there as it is.
   * `none`: it runs in a session of its own, where there is no terminal that it could ask.
   */
  readonly terminal?: 'shared' | 'none';
  /** The Debian package that brings the program, for the hint where it is absent. */
  readonly from?: string;
}

export interface LocalResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** No program that this tool asks says more; what does is cut off rather than held in memory. */
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Runs a program of this machine to its end and gives what it said, whatever its exit status.
 *
 * @throws {WireOfflineError} TOOL_MISSING where there is no such program; the signal's reason where it aborted.
 */
export async function runLocal(command: LocalCommand): Promise<LocalResult> {
  const [program, ...words] = command.argv;
  const { onLine } = command;
  const tell = function* (line: unknown): Generator {
    onLine?.(String(line));
    yield line;
  };
  const output = onLine === undefined ? 'pipe' : tell;
  const result = await execa(program, words, {
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(command.input === undefined ? { stdin: 'ignore' } : { input: command.input }),
    env: { ...command.env },
    extendEnv: false,
    cancelSignal: command.signal,
    maxBuffer: maxOutputBytes,
    stripFinalNewline: false,
    reject: false,
    stdout: output,
    stderr: command.terminal === 'shared' ? 'inherit' : output,
    detached: command.terminal === 'none',
  });
  command.signal.throwIfAborted();
  if (result.code === 'ENOENT') throw missing(command, result);
  const { exitCode, stdout, stderr = '' } = result;
  if (exitCode === undefined) throw failed(command, { got: result.shortMessage ?? '', stderr });
  return { exitCode, stdout, stderr };
}

/**
 * Runs a program that must succeed and gives its standard output.
 *
 * @throws {WireOfflineError} TOOL_MISSING, TOOL_FAILED with the last lines it said.
 */
export async function mustRunLocal(command: LocalCommand): Promise<string> {
  const { exitCode, stdout, stderr } = await runLocal(command);
  if (exitCode === 0) return stdout;
  throw failed(command, { got: `exit status ${String(exitCode)}`, stderr });
}

/** A program that goes on when this one ends: what it says, it must itself put somewhere. */
export type DetachedCommand = Pick<LocalCommand, 'argv' | 'env' | 'from'> & {
  readonly cwd: string;
};

/**
 * Starts a program in a session of its own, with nothing on its streams, and does not wait for its end.
 *
 * @throws {WireOfflineError} TOOL_MISSING
 */
export async function startDetached(command: DetachedCommand): Promise<void> {
  const [program, ...words] = command.argv;
  const child = execa(program, words, {
    cwd: command.cwd,
    env: { ...command.env },
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    stdio: 'ignore',
  });
  if (child.pid === undefined) throw missing(command, await child);
  child.unref();
}

function missing(
  { argv, from }: Pick<LocalCommand, 'argv' | 'from'>,
  cause: unknown,
): WireOfflineError {
  return new WireOfflineError('TOOL_MISSING', {
    message: `program ${argv[0]}: expected it on PATH, found none`,
    hint: from === undefined ? `install ${argv[0]}` : `apt-get install ${from}`,
    cause,
  });
}

function failed({ argv }: LocalCommand, said: { got: string; stderr: string }): WireOfflineError {
  const lastLines = said.stderr.trim().split('\n').slice(-20).join('\n');
  return new WireOfflineError('TOOL_FAILED', {
    message: `${argv.slice(0, 3).join(' ')}: expected it to succeed, got ${said.got}${lastLines && `\n${lastLines}`}`,
    hint: 'its own words are above',
  });
}
