import { spawn } from 'node:child_process';

export interface PairOptions {
  readonly ours: readonly string[];
  readonly theirs: readonly string[];
  /** Counted pairs; one more goes first and is not counted. */
  readonly pairs: number;
}

export interface PairResult {
  readonly oursMs: number;
  readonly theirsMs: number;
  /** The median of the ratios pair by pair, which holds when the machine's speed drifts. */
  readonly ratio: number;
}

/** Times two commands in turn, A B A B ..., and gives medians. */
export async function timePairs({ ours, theirs, pairs }: PairOptions): Promise<PairResult> {
  const seen: { oursMs: number; theirsMs: number }[] = [];
  for (let round = 0; round <= pairs; round++) {
    const pair = { oursMs: await timeOne(ours), theirsMs: await timeOne(theirs) };
    if (round > 0) seen.push(pair);
  }
  return {
    oursMs: median(seen.map(({ oursMs }) => oursMs)),
    theirsMs: median(seen.map(({ theirsMs }) => theirsMs)),
    ratio: median(seen.map(({ oursMs, theirsMs }) => oursMs / theirsMs)),
  };
}

function timeOne([command = '', ...args]: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const startedAtMs = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(performance.now() - startedAtMs);
      else reject(new Error(`${command} ${args.join(' ')}: exit status ${String(code)}`));
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
