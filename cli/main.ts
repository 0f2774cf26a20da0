#!/usr/bin/env node
import { WireOfflineError, hasSystemCode } from './errors.js';
import { run } from './program.js';

/** The only file that touches the process: its streams, signals and exit status. */
async function main(): Promise<void> {
  // A failed write is kept in `stream.errored`, where `run` looks for it; without a listener it would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const stop = new AbortController();
  abortOnSignals(stop);
  process.exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    cwd: workingFolder(stop),
    // Opened when it is asked for: what most verbs never read takes time to make ready.
    get stdin() {
      return process.stdin;
    },
    stdout: process.stdout,
    stderr: process.stderr,
    signal: stop.signal,
  });
}

/** Where the command was typed; where that folder was removed, the run is stopped before its verb begins. */
function workingFolder(stop: AbortController): string {
  try {
    return process.cwd();
  } catch (cause) {
    if (!hasSystemCode(cause, 'ENOENT')) throw cause;
    const error = new WireOfflineError('INPUT_UNREADABLE', {
      message: 'working folder: expected one that exists, got one that was removed',
      hint: 'change to a folder that is there',
      cause,
    });
    stop.abort(error);
    return '/';
  }
}

/** Whom a run is ended by: a person, a program, or a terminal that was closed. */
const codes = { SIGINT: 'INTERRUPTED', SIGTERM: 'TERMINATED', SIGHUP: 'TERMINATED' } as const;

/** The first of these signals asks for a clean stop, the second ends the process at once. */
function abortOnSignals(stop: AbortController): void {
  const streams = [process.stdin, process.stdout, process.stderr];
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const error = new WireOfflineError(codes[signal], {
        message: `stopped by ${signal}`,
        hint: 'the same command goes on where this one stopped',
      });
      if (stop.signal.aborted) dieBy(signal);
      // Where its terminal is gone, Node before nodejs/node#58200 aborts as it ends, with a core dump.
      if (signal === 'SIGHUP' && streams.some(({ isTTY }) => isTTY))
        process.on('exit', () => {
          dieBy(signal);
        });
      stop.abort(error);
    });
  }
}

/** Ends by the signal's default action, as a shell expects; process.exit would wait for reads that hang. */
function dieBy(signal: keyof typeof codes): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

await main();
