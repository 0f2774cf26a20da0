import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import { text } from 'node:stream/consumers';
import { builtCli } from './repository.js';
import type { World } from './world.js';

export interface CliOptions {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the command runs; the world's working folder unless said. */
  readonly cwd?: string;
  readonly stdin?: string | Uint8Array;
}

export interface CliResult {
  /** 128 + the signal's number where one ended it, as a shell says. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line in a world of its own and waits for its end. */
export async function runCli(world: World, options: CliOptions): Promise<CliResult> {
  const child = startCli(world, options);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');
  const [status, stdout, stderr] = await Promise.all([
    exitStatus(child),
    text(child.stdout),
    text(child.stderr),
  ]);
  return { status, stdout, stderr };
}

/** Starts the built command line; its streams and its end are the caller's. */
export function startCli(world: World, options: CliOptions): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [builtCli, ...options.argv], {
    cwd: options.cwd ?? world.work,
    env: { ...world.env, ...options.env },
  });
}

/** The status that a shell would see. */
export function exitStatus(child: ChildProcessWithoutNullStreams): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
