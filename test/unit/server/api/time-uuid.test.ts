import { describe, expect, it } from '@jest/globals';
import { isAfter, isTimeUuid, startOfTime, timeUuids } from '../../../../server/api/time-uuid.js';

const nowMs = Date.parse('2026-01-01T00:00:00.000Z');

describe('time UUIDs', () => {
  it('carry the time as RFC 9562 says, in its example', () => {
    const id = timeUuids()(Date.parse('2022-02-22T19:22:22.000Z'), startOfTime);
    expect(id.slice(0, 18)).toBe('c232ab00-9414-11ec');
    expect(isTimeUuid(id)).toBe(true);
  });

  it('grow while the clock stands still, and when it jumps back', () => {
    const newId = timeUuids();
    let previous = startOfTime;
    for (const jumpMs of [0, 0, 0, -3_600_000, 1, -1]) {
      const id = newId(nowMs + jumpMs, previous);
      expect(isAfter(id, previous)).toBe(true);
      expect(isAfter(previous, id)).toBe(false);
      previous = id;
    }
  });

  it('are made by each process in a place of its own', () => {
    expect(timeUuids()(nowMs, startOfTime)).not.toBe(timeUuids()(nowMs, startOfTime));
  });

  it.each([
    'c1a1f6e0-0000-41ee-8000-000000000000',
    'c1a1f6e0-0000-11ee-c000-000000000000',
    'c1a1f6e0-0000-11ee-8000-00000000000',
    '',
  ])('are not "%s"', (text) => {
    expect(isTimeUuid(text)).toBe(false);
  });
});
