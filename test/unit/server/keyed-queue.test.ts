import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from '../../../server/keyed-queue.js';

describe('a queue by key', () => {
  it('runs works on one key in order, also behind one that fails, and those on others at once', async () => {
    const queue = new KeyedQueue();
    const seen: string[] = [];
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const first = queue.run('a', async () => {
      await gate;
      seen.push('first');
      throw new Error('first fails');
    });
    const second = queue.run('a', () => Promise.resolve(seen.push('second')));
    await queue.run('b', () => Promise.resolve(seen.push('other key')));
    release();
    await expect(first).rejects.toThrow('first fails');
    await second;
    expect(seen).toEqual(['other key', 'first', 'second']);
  });
});
