import { describe, expect, it } from 'vitest';
import { timeGrowth } from './time-growth.js';

function work(count: number): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += Math.imul(at, sum | 1);
  return sum;
}

describe('timeGrowth()', () => {
  it('tells linear from quadratic work', () => {
    expect(timeGrowth(() => work(40_000), () => work(640_000), 64)).toBeLessThan(64);
    expect(timeGrowth(() => work(50 ** 2), () => work(800 ** 2), 64)).toBeGreaterThan(64);
  });

  it('ends as soon as the growth is within the bound', () => {
    let runs = 0;
    timeGrowth(() => work(100_000), () => void (runs += 1), 1);
    expect(runs).toBe(3);
  });
});
