import { expect, it } from '@jest/globals';
import { Limit } from '../../../cli/limit.js';

it('lets in the highest rank first of what is asked for together', async () => {
  const limit = new Limit(1);
  const order: number[] = [];
  const one = async (rank: number) => {
    const giveBack = await limit.take(rank);
    order.push(rank);
    giveBack();
  };
  await Promise.all([one(1), one(3), one(2)]);
  expect(order).toStrictEqual([3, 2, 1]);
});

it('lets in no more at once than it may', async () => {
  const limit = new Limit(1);
  const giveBack = await limit.take();
  let isIn = false;
  const second = limit.take().then((release) => {
    isIn = true;
    return release;
  });
  await new Promise((done) => setImmediate(done));
  expect(isIn).toBe(false);
  giveBack();
  (await second)();
  expect(isIn).toBe(true);
});
