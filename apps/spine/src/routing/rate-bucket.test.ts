import { describe, expect, it } from 'vitest';
import { RateBucket } from './rate-bucket.js';

describe('take()', () => {
  it('grants a burst of twice the rate, then the rate', () => {
    const bucket = new RateBucket(100, 1_000_000, 0);
    expect(bucket.take(200, 10, 0)).toBe(0);
    expect(bucket.take(1, 10, 0)).toBe(10);
    expect(bucket.take(1, 10, 10)).toBe(0);
    expect(bucket.take(50, 10, 260)).toBe(250);
    expect(bucket.take(50, 10, 510)).toBe(0);
  });

  it('bounds bytes as events, and tells the longer wait', () => {
    const bucket = new RateBucket(1_000, 1_000, 0);
    expect(bucket.take(1, 2_000, 0)).toBe(0);
    expect(bucket.take(1, 500, 0)).toBe(500);
    expect(bucket.take(1, 500, 499)).toBe(1);
    expect(bucket.take(1, 500, 500)).toBe(0);
  });

  it('takes nothing when it refuses', () => {
    const bucket = new RateBucket(10, 10, 0);
    expect(bucket.take(21, 0, 0)).toBeGreaterThan(0);
    expect(bucket.take(20, 20, 0)).toBe(0);
  });

  it('saves no more than the burst, and ignores a clock that goes back', () => {
    const bucket = new RateBucket(10, 10_000, 1_000);
    expect(bucket.take(20, 0, 3_600_000)).toBe(0);
    expect(bucket.take(1, 0, 3_600_000)).toBe(100);
    expect(bucket.take(1, 0, 0)).toBe(100);
  });
});

describe('charge()', () => {
  it('leaves a debt that is waited for', () => {
    const bucket = new RateBucket(1_000, 1_000, 0);
    expect(bucket.debtMs(0)).toBe(0);
    bucket.charge(3_000);
    expect(bucket.debtMs(0)).toBe(1_000);
    expect(bucket.take(1, 0, 500)).toBe(500);
    expect(bucket.debtMs(1_000)).toBe(0);
  });
});

describe('pause()', () => {
  it('grants nothing for so long, and forgives no debt', () => {
    const bucket = new RateBucket(1_000, 1_000, 0);
    bucket.pause(100);
    expect([bucket.take(1, 1, 0), bucket.take(1, 1, 100), bucket.take(1, 1, 101)]).toEqual([101, 1, 0]);
    bucket.charge(3_000);
    bucket.pause(100);
    expect(bucket.debtMs(101)).toBe(3_000);
  });
});

describe('reserveMs()', () => {
  it('is the time until half of the burst in bytes is there', () => {
    const bucket = new RateBucket(1_000, 1_000, 0);
    bucket.charge(1_000);
    expect(bucket.reserveMs(0)).toBe(0);
    bucket.charge(500);
    expect([bucket.reserveMs(0), bucket.reserveMs(200), bucket.reserveMs(500)]).toEqual([500, 300, 0]);
    expect(bucket.take(1, 1_000, 500)).toBe(0);
  });
});
