import { describe, expect, it } from '@jest/globals';
import { closest } from '../../../../cli/input/closest.js';

describe('the nearest word', () => {
  it.each([
    ['jsno', 'json'],
    ['Cache', 'cache'],
    ['concurency', 'concurrency'],
    ['htpt', 'http'],
  ])('to %s is %s', (word, near) => {
    expect(closest(word, ['json', 'cache', 'concurrency', 'apt', 'http'])).toBe(near);
  });

  it('is none where nothing is near', () => {
    expect(closest('xyz', ['json', 'cache'])).toBeUndefined();
    expect(closest('', ['json'])).toBeUndefined();
  });
});
