import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EpisodeEventType, GetStatusResponseSchema } from '@arqonbus/proto';
import { waitFor } from '@arqonbus/testkit';
import { fromBinary } from '@bufbuild/protobuf';
import { ProjectionSystem, type ServerProcess } from '../src/index.js';
import { countOf, feedOf } from './episode-feed.js';

const episodes = 10;

let system: ProjectionSystem;
let projector: ServerProcess;

beforeAll(async () => {
  system = await ProjectionSystem.start({ tenants: ['acme'], database: 'pglite' });
  projector = await system.addProjector();
}, 120_000);
afterAll(() => system.stop());

describe('a projector with its database inside', () => {
  it('projects, keeps what it projected over a kill, and goes on', async () => {
    const feed = await feedOf(system, 'acme', 'agent-1', { episodes });
    const operator = await system.operator('acme');
    const episodesThere = async (): Promise<bigint> => fromBinary(GetStatusResponseSchema, (await operator.call('projector.status')).payload).episodes;
    await feed.change(50);
    await waitFor(async () => (await episodesThere()) === BigInt(episodes), { timeoutMs: 20_000, intervalMs: 100, what: 'the episodes' });
    await projector.stop('SIGKILL');
    await feed.changeOne(feed.episode(0), { type: EpisodeEventType.DELETED });
    await projector.restart();
    await projector.ready();
    await waitFor(async () => (await episodesThere()) === BigInt(episodes - 1), { timeoutMs: 20_000, intervalMs: 100, what: 'the deletion' });
    expect(await countOf(projector, 'inserted')).toBe(0);
  }, 120_000);
});
