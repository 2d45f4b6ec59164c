import { describe, expect, it } from 'vitest';
import { idleSecondsOf } from './transport-limits.js';

describe('idleSecondsOf()', () => {
  it.each([
    [1, 8],
    [8000, 8],
    [8001, 9],
    [50_000, 50],
    [960_000, 960],
    [1e12, 960],
  ])('brings %d ms to %d s, where the engine does not abort the process', (milliseconds, seconds) => {
    expect(idleSecondsOf(milliseconds)).toBe(seconds);
  });
});
