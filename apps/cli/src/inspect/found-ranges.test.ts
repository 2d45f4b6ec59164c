import { describe, expect, it } from 'vitest';
import { FoundRanges, type FoundRange } from './found-ranges.js';

const range = (start: number, end: number, label = 'a'): FoundRange => ({ label, start, end });

describe('FoundRanges', () => {
  it('tells a range that two windows saw once, by the window that owns its beginning', () => {
    const found = new FoundRanges();
    expect(found.push({ ownFrom: 0, ownTo: 100, ranges: [range(90, 99), range(110, 120)] })).toEqual([]);
    expect(found.push({ ownFrom: 100, ownTo: 200, ranges: [range(90, 99), range(110, 120)] })).toEqual([range(90, 99)]);
    expect(found.end()).toEqual([range(110, 120)]);
  });

  it('gives a range that was cut the end that the next window saw', () => {
    const found = new FoundRanges();
    found.push({ ownFrom: 0, ownTo: 100, ranges: [range(90, 128)] });
    expect(found.push({ ownFrom: 100, ownTo: 200, ranges: [range(90, 150), range(95, 170, 'b')] })).toEqual([range(90, 150)]);
  });
});
