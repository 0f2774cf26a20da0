import { describe, expect, it } from '@jest/globals';
import { createdAt, parseTime } from '../../../../cli/recipe/created-at.js';

const lockedAt = '2026-03-01T00:00:00Z';

describe('when a bundle says it was made', () => {
  it('is when its lock was', () => {
    expect(createdAt({}, lockedAt)).toBe(lockedAt);
    expect(createdAt({ SOURCE_DATE_EPOCH: '' }, lockedAt)).toBe(lockedAt);
  });

  it('is SOURCE_DATE_EPOCH where that is set', () => {
    expect(createdAt({ SOURCE_DATE_EPOCH: '1700000000' }, lockedAt)).toBe('2023-11-14T22:13:20Z');
  });

  it.each(['now', '-1', '1.5', '1e9', '999999999999'])('is refused for %s', (text) => {
    expect(() => createdAt({ SOURCE_DATE_EPOCH: text }, lockedAt)).toThrow(/SOURCE_DATE_EPOCH/);
  });
});

describe('a time that a person gives', () => {
  it('counts to the end of the day where it is a day', () => {
    expect(parseTime('2027-06-30')).toBe('2027-06-30T23:59:59Z');
  });

  it('is taken as it is where it is a time in UTC', () => {
    expect(parseTime('2027-06-30T12:00:00Z')).toBe('2027-06-30T12:00:00Z');
  });

  it.each(['', 'tomorrow', '2027-02-30', '2027-06-30T12:00:00+02:00', '30.06.2027'])(
    'is none where it is %j',
    (text) => {
      expect(parseTime(text)).toBeUndefined();
    },
  );
});
