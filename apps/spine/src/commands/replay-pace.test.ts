import { describe, expect, it } from 'vitest';
import { ReplayPace } from './replay-pace.js';

describe('ReplayPace', () => {
  /** Sends batches of `size` events as soon as they may leave; gives the milliseconds at which each left. */
  function send(eventsPerSecond: number, sizes: readonly number[]): number[] {
    let nowMs = 5_000;
    const pace = new ReplayPace(eventsPerSecond, nowMs);
    return sizes.map((size) => {
      while (pace.eventsAllowed(nowMs) < 1) nowMs += pace.waitMs;
      pace.sent(size);
      return nowMs - 5_000;
    });
  }

  it('spaces events evenly, the first at once', () => {
    expect(send(10, [1, 1, 1, 1])).toEqual([0, 100, 200, 300]);
  });

  it('lets those behind a batch wait for all of its events', () => {
    expect(send(100, [50, 1, 200, 1])).toEqual([0, 500, 510 + 10, 510 + 10 + 1_990]);
  });

  it('sends several batches after the shortest wait when it is fast', () => {
    expect(send(1_000, Array.from({ length: 41 }, () => 1)).at(-1)).toBe(40);
  });

  it('makes good at most a second of waiting, and none of a clock that goes back', () => {
    const pace = new ReplayPace(10, 1_000);
    expect(pace.eventsAllowed(60_000)).toBe(10);
    pace.sent(10);
    expect(pace.eventsAllowed(1_000)).toBe(0);
    expect(pace.eventsAllowed(1_100)).toBe(1);
  });
});
