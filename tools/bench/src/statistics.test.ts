import { describe, expect, it } from 'vitest';
import { median, medianOrNull } from './statistics.js';

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
