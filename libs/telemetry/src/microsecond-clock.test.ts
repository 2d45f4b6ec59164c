import { afterEach, describe, expect, it, vi } from 'vitest';

import { createMicrosecondClock, formatRfc3339 } from './microsecond-clock.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('createMicrosecondClock()', () => {
  it('rises, finer than a millisecond, near the wall clock', () => {
    const beforeMs = Date.now();
    const now = createMicrosecondClock();
    const times = Array.from({ length: 1_000 }, () => now());
    expect(times.every((time, index) => index === 0 || time >= (times[index - 1] ?? 0n))).toBe(true);
    expect(Number(times[0]) / 1_000).toBeGreaterThan(beforeMs - 100);
    expect(Number(times[0]) / 1_000).toBeLessThan(Date.now() + 100);
    expect(times.some((time) => time % 1_000n !== 0n)).toBe(true);
  });

  it('follows a wall clock set forward, and never goes back with one set back', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const now = createMicrosecondClock();
    const start = now();
    vi.setSystemTime(2_000_000);
    expect(now()).toBe(2_000_000_000n);
    vi.setSystemTime(500_000);
    expect(now()).toBe(2_000_000_000n);
    expect(start).toBeLessThan(2_000_000_000n);
  });
});

describe('formatRfc3339()', () => {
  it('writes six decimals', () => {
    expect(formatRfc3339(1_700_000_000_000_007n)).toBe('2023-11-14T22:13:20.000007Z');
  });
});
