import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { Pacer } from '../publish/pacer.js';
import { backoffDelayMs, windowDelayMs } from './backoff.js';
import { afterClose } from './close-policy.js';
import { Heartbeat } from './heartbeat.js';
import { TokenSource } from './token-source.js';

describe('backoffDelayMs()', () => {
  it('lies between 0 and the doubled minimum, below the maximum', () => {
    const bounds = { minDelayMs: 250, maxDelayMs: 20_000 };
    fc.assert(fc.property(fc.nat({ max: 2_000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const delayMs = backoffDelayMs(attempt, bounds, () => random);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThanOrEqual(Math.min(20_000, 250 * 2 ** Math.min(attempt, 40)));
    }));
    expect([0, 1, 2, 9].map((attempt) => backoffDelayMs(attempt, bounds, () => 1))).toEqual([250, 500, 1_000, 20_000]);
  });
});

describe('windowDelayMs()', () => {
  it('lies within the window, and at its start when the window is inverted', () => {
    expect([0, 0.5, 1].map((random) => windowDelayMs({ minMs: 100, maxMs: 300 }, () => random))).toEqual([100, 200, 300]);
    expect(windowDelayMs({ minMs: 100, maxMs: 50 }, () => 1)).toBe(100);
  });
});

describe('afterClose()', () => {
  it('decides by range', () => {
    fc.assert(fc.property(fc.integer({ min: 1000, max: 4999 }), (code) => {
      const { kind } = afterClose({ code, reason: '' });
      if (code === 4401) expect(kind).toBe('renew');
      else if (code >= 4400 && code <= 4499) expect(kind).toBe('stop');
      else expect(kind).toBe(code >= 4500 && code <= 4599 ? 'wait' : 'resume');
    }));
  });

  it('decides by the status of a refused upgrade', () => {
    const kinds = [401, 403, 400, 503, 429, 500].map((httpStatus) => afterClose({ code: 1006, reason: '', httpStatus }).kind);
    expect(kinds).toEqual(['renew', 'stop', 'stop', 'wait', 'wait', 'wait']);
  });
});

describe('Heartbeat', () => {
  it('tells death after two silent intervals, and not when its own check came late', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let now = 0;
      const dead = vi.fn();
      const heartbeat = new Heartbeat(100, () => now, dead);
      const pass = (ms: number): void => {
        now += ms;
        vi.advanceTimersByTime(ms);
      };
      for (let step = 0; step < 20; step++) {
        pass(25);
        heartbeat.heard();
      }
      for (let step = 0; step < 8; step++) pass(25);
      expect(dead).not.toHaveBeenCalled();
      pass(25);
      expect(dead).toHaveBeenCalledOnce();
      heartbeat.heard();
      dead.mockClear();
      now += 500;
      vi.advanceTimersByTime(25);
      expect(dead).not.toHaveBeenCalled();
      pass(25);
      expect(dead).toHaveBeenCalledOnce();
      heartbeat.stop();
      pass(1_000);
      expect(dead).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('TokenSource', () => {
  it('asks once for callers that meet, and again afterwards', async () => {
    let calls = 0;
    const source = new TokenSource(() => Promise.resolve(`token ${++calls}`));
    expect(await Promise.all([source.fetch(), source.fetch()])).toEqual([{ kind: 'token', token: 'token 1' }, { kind: 'token', token: 'token 1' }]);
    expect(await source.fetch()).toEqual({ kind: 'token', token: 'token 2' });
  });

  it('tells a token, a revocation and a failure apart', async () => {
    const cause = new Error('offline');
    expect(await new TokenSource(() => '').fetch()).toEqual({ kind: 'revoked' });
    expect(await new TokenSource(() => undefined).fetch()).toEqual({ kind: 'revoked' });
    expect(await new TokenSource(() => Promise.reject(cause)).fetch()).toEqual({ kind: 'failed', cause });
    expect(await new TokenSource(() => { throw cause; }).fetch()).toEqual({ kind: 'failed', cause });
  });
});

describe('Pacer', () => {
  const off = { maxEventsPerSecond: 0, maxBytesPerSecond: 0, maxBytesInFlight: 0 };

  it('never waits without limits', () => {
    const pacer = new Pacer(() => 0);
    pacer.reset(off);
    pacer.sent(1e6, 1e9);
    expect(pacer.waitMs(1e9)).toBe(0);
  });

  it('keeps to events and bytes per second', () => {
    let now = 0;
    const pacer = new Pacer(() => now);
    pacer.reset({ ...off, maxEventsPerSecond: 100, maxBytesPerSecond: 1_000 });
    pacer.sent(150, 500);
    expect(pacer.waitMs(1)).toBeCloseTo(510);
    now = 510;
    expect(pacer.waitMs(1)).toBe(0);
    pacer.sent(1, 3_000);
    expect(pacer.waitMs(1)).toBeCloseTo(2_001, -1);
  });

  it('waits for an answer when too many bytes are in flight, and lets one run pass that is larger than the window', () => {
    const pacer = new Pacer(() => 0);
    pacer.reset({ ...off, maxBytesInFlight: 100 });
    expect(pacer.waitMs(1_000)).toBe(0);
    pacer.sent(1, 80);
    expect(pacer.waitMs(30)).toBe(Infinity);
    pacer.answered(80);
    expect(pacer.waitMs(30)).toBe(0);
  });
});
