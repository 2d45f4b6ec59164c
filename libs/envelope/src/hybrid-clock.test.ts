import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HybridClock } from './hybrid-clock.js';

describe('HybridClock', () => {
  it('follows the physical clock forwards and stands while that goes back (D10)', () => {
    const physical = [100, 250, 90, 249, 251];
    const clock = new HybridClock({ physicalUs: () => physical.shift() ?? 0, maxAheadUs: 1_000 });
    expect([clock.nowUs(), clock.nowUs(), clock.nowUs(), clock.nowUs(), clock.nowUs()]).toEqual([100, 250, 250, 250, 251]);
  });

  it('is never below a time that it believed, and believes none beyond its bound', () => {
    const clock = new HybridClock({ physicalUs: () => 1_000, maxAheadUs: 500 });
    expect([clock.observe(1_500), clock.nowUs()]).toEqual([true, 1_500]);
    expect([clock.observe(1_501), clock.nowUs()]).toEqual([false, 1_500]);
    expect([clock.observe(3), clock.nowUs()]).toEqual([true, 1_500]);
  });

  it('never goes back, whatever is seen in whatever order (D9)', () => {
    fc.assert(fc.property(fc.array(fc.record({ physicalUs: fc.nat(1_000), seenUs: fc.nat(2_000) })), (steps) => {
      let physicalUs = 0;
      const clock = new HybridClock({ physicalUs: () => physicalUs, maxAheadUs: 200 });
      let lastUs = 0;
      for (const step of steps) {
        physicalUs = step.physicalUs;
        const isBelieved = clock.observe(step.seenUs);
        const nowUs = clock.nowUs();
        expect(nowUs).toBeGreaterThanOrEqual(Math.max(lastUs, physicalUs, isBelieved ? step.seenUs : 0));
        lastUs = nowUs;
      }
    }));
  });
});
