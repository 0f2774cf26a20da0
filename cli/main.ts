#!/usr/bin/env node
import { WireOfflineError } from './errors.js';
import { run } from './program.js';

/** The only file that touches the process: its streams, signals and exit status. */
async function main(): Promise<void> {
  // A failed write is kept in `stream.errored`, where `run` looks for it; without a listener it would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.exitCode = await run({
    argv: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: abortOnSignals(),
  });
}

/** The first Ctrl-C or SIGTERM asks for a clean stop, the second ends the process at once. */
function abortOnSignals(): AbortSignal {
  const abort = new AbortController();
  const codes = { SIGINT: 'INTERRUPTED', SIGTERM: 'TERMINATED' } as const;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      const error = new WireOfflineError(codes[signal], {
        message: `stopped by ${signal}`,
        hint: 'the same command goes on where this one stopped',
      });
      if (abort.signal.aborted) dieBy(signal);
      abort.abort(error);
    });
  }
  return abort.signal;
}

/** Ends by the signal's default action, as a shell expects; process.exit would wait for reads that hang. */
function dieBy(signal: 'SIGINT' | 'SIGTERM'): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

await main();
