import { visibleSummary, type EpisodeChangeKind } from '@arqonbus/continuum';
import type { EpisodeStore } from '@arqonbus/storage/episodes';
import { change, newKey, newTenantId, ProjectedPartition } from '@arqonbus/storage/episodes-contract';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openEpisodeStore } from '../src/index.js';
import { PostgresUnderTest } from './postgres-under-test.js';

let postgres: PostgresUnderTest;
let store: EpisodeStore;

beforeAll(async () => {
  postgres = await PostgresUnderTest.start();
  store = await openEpisodeStore({ database: postgres.options(), migrate: true, instance: 'one' });
});

afterAll(async () => {
  await store.close();
  await postgres.stop();
});

const someEvents = fc.array(fc.record({
  kind: fc.constantFrom<EpisodeChangeKind>('created', 'updated', 'deleted', 'summarized', 'summarized'),
  episode: fc.nat(9),
  atUs: fc.integer({ min: 1, max: 4 }),
  summary: fc.option(fc.constantFrom('', 'short', 'longer'), { nil: undefined }),
}), { minLength: 1, maxLength: 40 });

it('is in the view of the readers as visibleSummary() says, for every history', async () => {
  await fc.assert(fc.asyncProperty(someEvents, async (events) => {
    const tenantId = newTenantId();
    const keys = Array.from({ length: 10 }, () => newKey(tenantId));
    const partition = await ProjectedPartition.claim(store, tenantId);
    await partition.apply(...events.map(({ kind, episode, atUs, summary }) => change(kind, keys[episode], atUs, summary === undefined ? {} : { summary })));
    await store.releasePartition(partition.claim);
    const rows = (await store.readRows(tenantId, keys)).filter(({ stateGuard, isDeleted }) => stateGuard !== undefined && !isDeleted);
    const seen = await postgres.ask<{ episode_id: string; summary: string | null }>('SELECT episode_id, summary FROM arqon.episodes WHERE tenant_id = $1', [tenantId]);
    expect(new Map(seen.map((row) => [row.episode_id, row.summary ?? undefined]))).toEqual(new Map(rows.map((row) => [row.key.episodeId, visibleSummary(row)])));
  }), { seed: 20, numRuns: 60 });
});
