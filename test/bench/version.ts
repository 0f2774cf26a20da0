import { builtCli } from '../helpers/repository.js';
import type { BenchOptions } from './measure.js';
import { timePairs } from './pairs.js';

/** How long `version` takes, beside Node doing nothing. */
export async function benchVersion({ signal }: BenchOptions): Promise<string[][]> {
  const { oursMs, theirsMs, ratio } = await timePairs({
    ours: { argv: [process.execPath, builtCli, 'version'] },
    theirs: { argv: [process.execPath, '--eval', '0'] },
    pairs: 15,
    signal,
  });
  return [
    ['MEASURE', 'MEDIAN', 'GOAL', 'BESIDE'],
    [
      'wire-offline version',
      `${oursMs.toFixed(0)} ms`,
      '<= 120 ms',
      `node --eval 0: ${theirsMs.toFixed(0)} ms (ratio ${ratio.toFixed(2)})`,
    ],
  ];
}
