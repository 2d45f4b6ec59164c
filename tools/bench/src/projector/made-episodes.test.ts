import { continuumTopics, readEpisode } from '@arqonbus/continuum';
import { describe, expect, it } from 'vitest';
import { makeEpisodes } from './made-episodes.js';

describe('makeEpisodes()', () => {
  const timeMs = 1_750_000_000_000;
  const made = makeEpisodes('acme', timeMs, 0, 1_000);
  const readings = made.map((payload) => readEpisode(payload, { tenantId: 'acme', type: continuumTopics.episodes.type, timeUs: timeMs * 1_000 }));

  it('makes events that a projector takes, half of them updates of the one before', () => {
    expect(readings.filter((reading) => 'fault' in reading)).toEqual([]);
    const kinds = readings.map((reading) => ('change' in reading ? reading.change.kind : 'none'));
    expect(kinds.filter((kind) => kind === 'created')).toHaveLength(500);
    expect(kinds.filter((kind) => kind === 'updated')).toHaveLength(500);
  });

  it('makes ids of events once each, and of episodes twice', () => {
    const changes = readings.flatMap((reading) => ('change' in reading ? [reading.change] : []));
    expect(new Set(changes.map(({ guard }) => guard.eventId)).size).toBe(1_000);
    expect(new Set(changes.map(({ key }) => key.episodeId)).size).toBe(500);
  });

  it('makes about 300 bytes', () => {
    const mean = made.reduce((sum, { length }) => sum + length, 0) / made.length;
    expect(mean).toBeGreaterThan(250);
    expect(mean).toBeLessThan(350);
  });
});
