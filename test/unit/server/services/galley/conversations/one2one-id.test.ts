import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { one2oneId } from '../../../../../../server/services/galley/conversations/one2one-id.js';

describe('the id of a 1:1 conversation', () => {
  it('is the same from both sides, a version 4 UUID, and another for every two people', () => {
    const users = Array.from({ length: 20 }, () => randomUUID());
    const ids = users.flatMap((one) =>
      users
        .filter((other) => other > one)
        .map((other) => [one2oneId(one, other), one2oneId(other, one)]),
    );
    for (const [there, back] of ids) {
      expect(there).toBe(back);
      expect(there).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
    expect(new Set(ids.map(([id]) => id)).size).toBe(190);
  });
});
