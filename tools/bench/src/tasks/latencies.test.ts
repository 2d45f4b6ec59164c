import { describe, expect, it } from 'vitest';
import { summariseLatencies } from './latencies.js';

describe('summariseLatencies()', () => {
  it('takes percentiles by nearest rank', () => {
    expect(summariseLatencies(Array.from({ length: 1_000 }, (_, index) => 1_000 - index))).toEqual({ count: 1_000, p50Ms: 500, p99Ms: 990, maxMs: 1_000 });
    expect(summariseLatencies([7])).toEqual({ count: 1, p50Ms: 7, p99Ms: 7, maxMs: 7 });
  });

  it.each([[[]], [[1, Number.NaN]]])('refuses %j', (values) => {
    expect(() => summariseLatencies(values)).toThrow(RangeError);
  });
});
