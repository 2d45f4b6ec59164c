import { describe, expect, it } from 'vitest';
import { percentile } from './bystander-report.js';

describe('percentile()', () => {
  it('is the smallest sample that the share of all does not exceed', () => {
    const samples = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([percentile(samples, 0.99), percentile(samples, 0.5), percentile([7], 0.99)]).toEqual([198, 100, 7]);
  });

  it('is NaN without samples', () => {
    expect(percentile([], 0.99)).toBeNaN();
  });
});
