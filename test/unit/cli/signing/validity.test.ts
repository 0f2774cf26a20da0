import { describe, expect, it } from '@jest/globals';
import { momentText, parseMoment, validityAt } from '../../../../cli/signing/validity.js';

describe('a moment', () => {
  it.each([
    ['20260101Z', Date.UTC(2026, 0, 1)],
    ['202601012359Z', Date.UTC(2026, 0, 1, 23, 59)],
    ['20240229235958Z', Date.UTC(2024, 1, 29, 23, 59, 58)],
  ])('%s is read in UTC', (text, unixMs) => {
    expect(parseMoment(text)).toBe(unixMs / 1000);
  });

  it.each([
    '20260101',
    '2026-01-01Z',
    '20261301Z',
    '20260230Z',
    '202601012460Z',
    '',
    'Z',
    '20260101z',
  ])('%p is none', (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });

  it('is written as it is read', () => {
    expect(momentText(new Date(Date.UTC(2026, 10, 22, 1, 2, 3)))).toBe('20261122010203Z');
  });
});

describe('the time of a key', () => {
  const validity = { fromUnixSec: 1000, untilUnixSec: 2000 };
  it.each([
    [999_999, 'not-yet-valid'],
    [1_000_000, 'valid'],
    [2_000_999, 'valid'],
    [2_001_000, 'expired'],
  ])('at %p ms is %s', (nowMs, state) => {
    expect(validityAt(validity, new Date(nowMs))).toBe(state);
  });

  it('never ends where none is stated', () => {
    expect(validityAt({}, new Date(0))).toBe('valid');
  });
});
