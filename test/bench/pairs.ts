import { spawn } from 'node:child_process';
import { watchPeak } from './peak.js';

/** A command, and what is done before each run of it, outside the time that counts. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** The whole environment; the bench's own where it is absent. */
  readonly env?: Readonly<Record<string, string>>;
  readonly prepare?: () => Promise<void>;
}

export interface PairOptions {
  readonly ours: Command;
  readonly theirs: Command;
  /** Counted pairs; one more goes first and is not counted. */
  readonly pairs: number;
  readonly signal: AbortSignal;
}

export interface PairResult {
  readonly oursMs: number;
  readonly theirsMs: number;
  /** The median of the ratios pair by pair, which holds when the machine's speed drifts. */
  readonly ratio: number;
  /** The most memory that any run of ours had at one time. */
  readonly oursPeakBytes: number;
}

/** What one run took. */
export interface RunResult {
  readonly durationMs: number;
  readonly peakBytes: number;
}

/** Times two commands in turn, A B A B ..., and gives medians. */
export async function timePairs({ ours, theirs, pairs, signal }: PairOptions): Promise<PairResult> {
  const seen: { oursMs: number; theirsMs: number }[] = [];
  let oursPeakBytes = 0;
  for (let round = 0; round <= pairs; round++) {
    const our = await timeOne(ours, signal);
    const their = await timeOne(theirs, signal);
    oursPeakBytes = Math.max(oursPeakBytes, our.peakBytes);
    if (round > 0) seen.push({ oursMs: our.durationMs, theirsMs: their.durationMs });
  }
  return {
    oursMs: median(seen.map(({ oursMs }) => oursMs)),
    theirsMs: median(seen.map(({ theirsMs }) => theirsMs)),
    ratio: median(seen.map(({ oursMs, theirsMs }) => oursMs / theirsMs)),
    oursPeakBytes,
  };
}

/** Runs a command to its good end, which is all that is expected of it. */
export async function timeOne(command: Command, signal: AbortSignal): Promise<RunResult> {
  await command.prepare?.();
  signal.throwIfAborted();
  const [program = '', ...words] = command.argv;
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const child = spawn(program, words, {
      stdio: ['ignore', 'ignore', 'inherit'],
      cwd: command.cwd,
      env: command.env ?? process.env,
    });
    const peak = watchPeak(child.pid);
    const kill = (): void => {
      child.kill('SIGTERM');
    };
    signal.addEventListener('abort', kill);
    child.on('error', reject);
    child.on('close', (code) => {
      const durationMs = performance.now() - startedAtMs;
      signal.removeEventListener('abort', kill);
      const peakBytes = peak.end();
      if (signal.aborted) reject(new Error(String(signal.reason)));
      else if (code === 0) resolve({ durationMs, peakBytes });
      else reject(new Error(`${command.argv.join(' ')}: exit status ${String(code)}`));
    });
  });
}

/** The middle value; the mean of the two middle ones where their number is even. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? NaN;
  const high = sorted[Math.floor(middle)] ?? NaN;
  return (low + high) / 2;
}
