import { describe, expect, it } from '@jest/globals';
import { again, transition } from '../../../../../server/services/brig/connection-status.js';

describe('a change of a connection', () => {
  it.each([
    ['pending', 'sent', 'accepted', { own: 'accepted', other: 'accepted' }],
    ['pending', 'sent', 'ignored', { own: 'ignored' }],
    ['pending', 'sent', 'blocked', { own: 'blocked' }],
    ['pending', 'sent', 'cancelled', undefined],
    ['ignored', 'sent', 'accepted', { own: 'accepted', other: 'accepted' }],
    ['blocked', 'accepted', 'accepted', { own: 'accepted' }],
    ['blocked', 'blocked', 'accepted', { own: 'accepted' }],
    ['blocked', 'sent', 'accepted', { own: 'accepted', other: 'accepted' }],
    ['blocked', 'pending', 'accepted', { own: 'sent' }],
    ['accepted', 'accepted', 'blocked', { own: 'blocked' }],
    ['accepted', 'accepted', 'cancelled', undefined],
    ['accepted', 'accepted', 'ignored', undefined],
    ['sent', 'pending', 'cancelled', { own: 'cancelled', other: 'cancelled' }],
    ['sent', 'blocked', 'cancelled', { own: 'cancelled' }],
    ['sent', 'pending', 'accepted', undefined],
    ['sent', 'sent', 'accepted', { own: 'accepted', other: 'accepted' }],
    ['cancelled', 'cancelled', 'blocked', { own: 'blocked' }],
    ['cancelled', 'cancelled', 'accepted', undefined],
    ['pending', 'sent', 'pending', undefined],
  ] as const)('of %s (the other side is %s) to %s', (own, other, wanted, expected) => {
    expect(transition({ own, other }, wanted)).toEqual(expected);
  });

  it.each([
    ['pending', 'sent', { own: 'accepted', other: 'accepted' }],
    ['cancelled', 'cancelled', { own: 'sent', other: 'pending' }],
    ['sent', 'blocked', { own: 'sent' }],
    ['accepted', 'accepted', { own: 'accepted' }],
    ['blocked', 'accepted', undefined],
  ] as const)('of %s (the other side is %s) by asking again', (own, other, expected) => {
    expect(again({ own, other })).toEqual(expected);
  });
});
