import type { ProjectionSystem } from '@arqonbus/e2e';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { histogramQuantile, measureDrain, publishEpisodes, startProjectionLoad } from '../src/projector/projection-load.js';
import { projectRowAtATime } from '../src/projector/row-at-a-time.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

describe('the load of the projector suite', () => {
  let system: ProjectionSystem;
  const count = 2_000;

  beforeAll(async () => {
    system = await startProjectionLoad(['bench']);
    const bus = await system.agent('bench', 'load');
    await publishEpisodes(bus, 'bench', { from: 0, count: count / 2 });
    await publishEpisodes(bus, 'bench', { from: count / 2, count: count / 2, perSecond: 5_000 });
  });

  afterAll(() => system.stop());

  it('is committed whole by a projector, whose lag is read from its metrics', async () => {
    const { perSecond, peakBytes, projector } = await measureDrain(system, 'bench', count);
    expect(perSecond).toBeGreaterThanOrEqual(0);
    expect(peakBytes).toBeGreaterThan(0);
    expect(await histogramQuantile(projector, 'arqon_projector_lag_seconds', 0.95)).toBeGreaterThan(0);
  });

  it('is written by the peer, a transaction per event', async () => {
    expect(await projectRowAtATime(system, 'bench', 200)).toBeGreaterThan(0);
    const [rows] = await system.sql<{ episodes: string; seen: string }>('SELECT (SELECT count(*) FROM peer_episode) AS episodes, (SELECT count(*) FROM peer_seen) AS seen');
    expect(rows).toEqual({ episodes: '100', seen: '200' });
  });
});
