import { describe, expect, it } from '@jest/globals';
import { Acks } from '../../../../../server/services/cannon/acks.js';

describe('acknowledgements', () => {
  it('move on only behind what is acknowledged without a gap', () => {
    const acks = new Acks();
    expect(['a', 'b', 'c'].map((id) => acks.add(id))).toEqual([1, 2, 3]);
    expect(acks.ack(2, false)).toBeUndefined();
    expect(acks.count).toBe(3);
    expect(acks.ack(1, false)).toBe('b');
    expect(acks.count).toBe(1);
  });

  it('of several at once count for all up to the tag', () => {
    const acks = new Acks();
    for (const id of ['a', 'b', 'c']) acks.add(id);
    expect(acks.ack(2, true)).toBe('b');
    expect(acks.count).toBe(1);
  });

  it('of what is in no log move nothing', () => {
    const acks = new Acks();
    acks.add('a');
    acks.add(undefined);
    expect(acks.ack(1, false)).toBe('a');
    expect(acks.ack(2, false)).toBeUndefined();
    expect(acks.count).toBe(0);
  });

  it('of unknown or old tags change nothing', () => {
    const acks = new Acks();
    acks.add('a');
    expect(acks.ack(7, false)).toBeUndefined();
    expect(acks.ack(1, false)).toBe('a');
    expect(acks.ack(1, true)).toBeUndefined();
  });
});
