import { waitFor } from '@arqonbus/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ProjectionSystem, type ServerProcess } from '../src/index.js';
import { feedOf, type EpisodeFeed } from './episode-feed.js';

const reconnecting = { 'drain.reconnect_min_ms': '50', 'drain.reconnect_max_ms': '300' };
const mebibyte = 1_048_576;

async function says(projector: ServerProcess, reason: string, isSaid: boolean): Promise<void> {
  await waitFor(async () => (await projector.admin('/ready')).text.includes(reason) === isSaid, { timeoutMs: 30_000, intervalMs: 50, what: `readiness ${isSaid ? 'to say' : 'to be without'} ${reason}` });
}

describe('a projector and a Spine that keeps history on disk', () => {
  let system: ProjectionSystem;
  let projector: ServerProcess;
  let feed: EpisodeFeed;

  beforeAll(async () => {
    system = await ProjectionSystem.start({
      tenants: ['acme'], store: 'embedded', spine: { ...reconnecting, 'history.max_events_count': '1000000', 'history.max_bytes': '1073741824', 'limits.events_per_second': 'off' }, shield: reconnecting,
      projector: { 'projection.retry_max_ms': '500', 'projection.max_queued_events_count': '500' },
    });
    projector = await system.addProjector();
    feed = await feedOf(system, 'acme', 'agent-1');
  }, 120_000);
  afterAll(() => system.stop());

  it('goes on without loss when the Spine is killed, and when the Shield is', async () => {
    await feed.change(200);
    for (const server of [system.cluster.spine, system.cluster.shield]) {
      const changing = feed.change(400);
      await server.stop('SIGKILL');
      await server.restart();
      await changing;
      await feed.change(100);
      await feed.projected(system);
    }
    await says(projector, 'bus_unavailable', false);
    expect(await projector.metric('arqon_projector_gaps_total')).toBe(0);
  }, 120_000);

  it('says so while the database is away, holds no more than it may in memory, and catches up', async () => {
    await projector.ready();
    const before = projector.residentBytes();
    await system.postgres.kill();
    await feed.change(100);
    await says(projector, 'store_unavailable', true);
    for (let round = 0; round < 20; round += 1) await feed.change(500);
    expect(await projector.metric('arqon_projector_queued_events')).toBeLessThanOrEqual(500);
    expect(await projector.metric('arqon_projector_store_up')).toBe(0);
    expect(projector.residentBytes() - before).toBeLessThan(96 * mebibyte);
    await system.postgres.restart();
    await says(projector, 'store_unavailable', false);
    await feed.projected(system);
    expect(await system.sql('SELECT 1 FROM arqon.dead_letter')).toEqual([]);
  }, 120_000);

  it('waits for a database that is not there when it starts', async () => {
    await projector.stop();
    await system.postgres.kill();
    await projector.restart();
    await says(projector, 'store_unavailable', true);
    await feed.change(50);
    await system.postgres.restart();
    await feed.projected(system);
  }, 120_000);
});

describe('a projector and a Spine that keeps history in memory', () => {
  let system: ProjectionSystem;
  let projector: ServerProcess;

  beforeAll(async () => {
    system = await ProjectionSystem.start({ tenants: ['acme'], spine: reconnecting, shield: reconnecting });
    projector = await system.addProjector();
  }, 120_000);
  afterAll(() => system.stop());

  it('tells a new epoch as a gap and goes on from what there is', async () => {
    const feed = await feedOf(system, 'acme', 'agent-1');
    await feed.change(100);
    await feed.projected(system);
    await system.cluster.spine.stop('SIGKILL');
    await system.cluster.spine.restart();
    // Another agent: what one had in flight over the end of a memory is in doubt.
    const later = await feedOf(system, 'acme', 'agent-2');
    await later.change(100);
    await Promise.all([later.projected(system), feed.projected(system)]);
    await says(projector, 'projection_gap', true);
    expect(await projector.metric('arqon_projector_gaps_total')).toBeGreaterThan(0);
    await waitFor(() => projector.log.includes('no longer to be had'), { what: 'the line of the log' });
    const operator = await system.operator('acme');
    await operator.call('projector.resume');
    await says(projector, 'projection_gap', false);
  }, 120_000);
});
