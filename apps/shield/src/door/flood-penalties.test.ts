import { describe, expect, it } from 'vitest';
import { FloodPenalties } from './flood-penalties.js';

function penaltiesAt(): { penalties: FloodPenalties; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  return { penalties: new FloodPenalties(() => clock.nowMs), clock };
}

describe('the penalties of flooding clients', () => {
  it('let a client come back at once the first time, then keep it away for half a second, twice as long each time, at most 30 s, and no other', () => {
    const { penalties, clock } = penaltiesAt();
    const seen = Array.from({ length: 9 }, () => {
      penalties.note('acme\na');
      const remainingMs = penalties.remainingMs('acme\na');
      clock.nowMs += remainingMs;
      return remainingMs;
    });
    expect(seen).toEqual([0, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(penalties.remainingMs('acme\na')).toBe(0);
    expect(penalties.remainingMs('acme\nb')).toBe(0);
  });

  it('count the floods of several connections at once as one', () => {
    const { penalties, clock } = penaltiesAt();
    penalties.note('a');
    penalties.note('a');
    clock.nowMs += 100;
    penalties.note('a');
    expect(penalties.remainingMs('a')).toBe(400);
  });

  it('forgive a minute after the last one ended', () => {
    const { penalties, clock } = penaltiesAt();
    penalties.note('a');
    penalties.note('a');
    expect(penalties.remainingMs('a')).toBe(500);
    clock.nowMs += 500 + 60_001;
    penalties.note('a');
    expect(penalties.remainingMs('a')).toBe(0);
  });

  it('remember a bounded number of clients', () => {
    const { penalties } = penaltiesAt();
    for (let index = 0; index < 20_000; index += 1) for (let times = 0; times < 2; times += 1) penalties.note(String(index));
    expect(penalties.remainingMs('0')).toBe(0);
    expect(penalties.remainingMs('19999')).toBe(500);
  });
});
