import { eventIdOf, isUlid } from '@arqonbus/continuum';
import { describe, expect, it } from 'vitest';
import { EventIdSource, newEpisodeId } from './id-texts.js';

describe('newEpisodeId()', () => {
  it('makes ULIDs of now, each another', () => {
    const fromMs = Date.now();
    const ids = Array.from({ length: 1_000 }, newEpisodeId);
    expect(ids.filter((id) => !isUlid(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    const hex = eventIdOf(ids[0]) ?? '';
    const timeMs = Number.parseInt(hex.replaceAll('-', '').slice(0, 12), 16);
    expect(timeMs).toBeGreaterThanOrEqual(fromMs);
    expect(timeMs).toBeLessThanOrEqual(Date.now());
  });
});

describe('EventIdSource', () => {
  it('makes UUIDs of version 7 that rise, also many within a millisecond', () => {
    const source = new EventIdSource(() => 1_700_000_000_000);
    const ids = Array.from({ length: 20_000 }, () => source.next());
    expect(ids.filter((id) => eventIdOf(id) !== id)).toEqual([]);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids[0].startsWith('018bcfe5-6800-7')).toBe(true);
  });

  it('rises while the clock goes back', () => {
    const times = [5_000, 4_000, 3_000, 6_000, 1];
    const source = new EventIdSource(() => times.shift() ?? 0);
    const ids = Array.from({ length: 5 }, () => source.next());
    expect([...ids].sort()).toEqual(ids);
  });
});
