import { describe, expect, it } from 'vitest';
import { median, medianInterval, medianOrNull } from './statistics.js';

describe('median()', () => {
  it('is the middle of an odd number of values', () => {
    expect(median([30, 10, 20])).toBe(20);
  });

  it('is the mean of the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it('refuses an empty list', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('medianOrNull()', () => {
  it('passes over values that are not known', () => {
    expect(medianOrNull([undefined, 5, null, 7])).toBe(6);
    expect(medianOrNull([null, undefined])).toBeNull();
  });
});

describe('medianInterval()', () => {
  it('leaves out as many at either end as chance allows', () => {
    expect(medianInterval([11, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1])).toEqual({ low: 2, high: 10 });
  });

  it('takes all of a few values', () => {
    expect(medianInterval([3, 1, 2])).toEqual({ low: 1, high: 3 });
  });

  it('refuses an empty list', () => {
    expect(() => medianInterval([])).toThrow(RangeError);
  });
});
