import { describe, expect, it } from '@jest/globals';
import { median, timePairs } from '../../bench/pairs.js';

describe('a bench', () => {
  it('quotes medians', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  it('fails when a command that it times fails', async () => {
    const ours = { argv: [process.execPath, '--eval', 'process.exit(3)'] };
    const { signal } = new AbortController();
    await expect(timePairs({ ours, theirs: ours, pairs: 1, signal })).rejects.toThrow(
      'exit status 3',
    );
  });
});
