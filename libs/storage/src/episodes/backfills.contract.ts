import { describe, expect, it } from 'vitest';
import type { BackfillCounts, BackfillJob, EpisodeStore } from './episode-store.js';
import {
  change, EpisodeStoresOfTest, expectFailure, newEventId, newKey, newTenantId, ProjectedPartition, unstorable,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

const none: BackfillCounts = { events: 0, stale: 0, refused: 0, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: 0 };

function asked(tenantId: string, parts: Partial<BackfillJob> = {}): Pick<BackfillJob, 'id' | 'tenantId' | 'fromUs' | 'toUs' | 'agentId' | 'isDryRun'> {
  return { id: newEventId(), tenantId, fromUs: 1_000, toUs: 1_800_000_000_000_000, agentId: '', isDryRun: false, ...parts };
}

function at(sequence: number): { readonly epoch: bigint; readonly sequence: bigint } {
  return { epoch: 3n, sequence: BigInt(sequence) };
}

/** Backfills: kept, claimed, continued, applied once per position and counted (I6). */
export function backfillsContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);
  const withInstances = stores.needing('instances');
  const patience = { timeout: options.patienceMs ?? 20_000 };

  async function begin(parts: Partial<BackfillJob> = {}): Promise<{ store: EpisodeStore; tenantId: string; job: BackfillJob }> {
    const { store } = await stores.first();
    const tenantId = newTenantId();
    return { store, tenantId, job: await store.startBackfill(asked(tenantId, parts)) };
  }

  describe('EpisodeStore.startBackfill()', () => {
    it('keeps a new job', async () => {
      const { store, tenantId, job } = await begin({ agentId: 'agent-9', isDryRun: true });
      expect(job).toEqual({
        id: job.id, tenantId, fromUs: 1_000, toUs: 1_800_000_000_000_000, agentId: 'agent-9', isDryRun: true, ending: undefined, position: undefined, counts: none,
        errorCode: '', reason: '', startedAtUs: job.startedAtUs, endedAtUs: undefined,
      });
      expect(Math.abs(Date.now() * 1_000 - job.startedAtUs)).toBeLessThan(60_000_000);
      expect(await store.readBackfill(tenantId, job.id)).toEqual(job);
    });

    it('gives the one that there is for an id that is known, running or ended', async () => {
      const { store, tenantId, job } = await begin();
      expect(await store.startBackfill(asked(tenantId, { id: job.id, fromUs: 5, isDryRun: true }))).toEqual(job);
      await store.endBackfill(tenantId, job.id, { ending: 'done' });
      const ended = await store.readBackfill(tenantId, job.id);
      expect(await store.startBackfill(asked(tenantId, { id: job.id }))).toEqual(ended);
      expect(ended?.ending).toBe('done');
    });
  });

  describe('EpisodeStore.readBackfill() and listBackfills()', () => {
    it('give the newest first, and nothing for an id that is none', async () => {
      const { store, tenantId, job } = await begin();
      const second = await store.startBackfill(asked(tenantId));
      const third = await store.startBackfill(asked(tenantId));
      expect((await store.listBackfills(tenantId, 10)).map(({ startedAtUs }) => startedAtUs)).toEqual(
        [third, second, job].map(({ startedAtUs }) => startedAtUs).sort((left, right) => right - left),
      );
      expect(await store.listBackfills(tenantId, 2)).toHaveLength(2);
      for (const id of [newEventId(), 'x', '']) expect(await store.readBackfill(tenantId, id)).toBeUndefined();
    });
  });

  describe('EpisodeStore.claimBackfill()', () => {
    it('gives the oldest that runs, and none when none does', async () => {
      const { store, tenantId, job } = await begin();
      const claim = await store.claimBackfill(tenantId);
      expect(claim?.job).toEqual(job);
      await claim?.release();
      await store.endBackfill(tenantId, job.id, { ending: 'failed', errorCode: 'LIMIT', reason: 'too many rows' });
      expect(await store.claimBackfill(tenantId)).toBeUndefined();
      const next = await store.startBackfill(asked(tenantId));
      expect((await store.claimBackfill(tenantId))?.job.id).toBe(next.id);
    });

    it('gives a tenant\'s backfills to one instance at a time', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const [tenantId, other] = [newTenantId(), newTenantId()];
      for (const owner of [tenantId, other]) await first.store.startBackfill(asked(owner));
      const claim = await first.store.claimBackfill(tenantId);
      expect(claim).toBeDefined();
      expect(await second.store.claimBackfill(tenantId)).toBeUndefined();
      expect(await second.store.claimBackfill(other)).toBeDefined();
      await claim?.release();
      expect(await second.store.claimBackfill(tenantId)).toMatchObject({ job: { tenantId } });
    }));

    it('gives the rest of a job after the end of the instance that had it (I6)', async () => {
      const under = await stores.first();
      const tenantId = newTenantId();
      const keys = [newKey(tenantId), newKey(tenantId)];
      const { id } = await under.store.startBackfill(asked(tenantId));
      await under.store.claimBackfill(tenantId);
      const counts = await under.store.applyBackfill({ tenantId, id, from: undefined }, { changes: [change('created', keys[0], 1_000)], upTo: at(4), refused: 1 });
      const again = await stores.reopened(under);
      await expect.poll(() => again.store.claimBackfill(tenantId), patience).toMatchObject({ job: { id, position: at(4), counts } });
      const total = await again.store.applyBackfill({ tenantId, id, from: at(4) }, { changes: [change('created', keys[1], 1_000), change('deleted', keys[0], 2_000)], upTo: at(9), refused: 0 });
      expect(total).toEqual({ ...none, events: 4, refused: 1, rowsInserted: 1, rowsDeleted: 1 });
    });
  });

  describe('EpisodeStore.applyBackfill()', () => {
    it('applies what was seen before, under the guards, and writes anew what has an equal one', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const [key, lost] = [newKey(tenantId), newKey(tenantId)];
      const [create, update] = [change('created', key, 1_000), change('updated', key, 2_000)];
      const original = change('created', lost, 1_000);
      // As if an older version had written it wrongly.
      await partition.apply(create, update, { ...original, content: { contentRef: 's3://wrong', summary: 'wrong', tags: [], embeddingRef: undefined, metadataJson: '{}' } });
      const counts = await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [create, update, original], upTo: at(3), refused: 0 });
      expect(counts).toEqual({ ...none, events: 3, stale: 1, rowsUpdated: 1, rowsUnchanged: 1 });
      expect(await store.readRows(tenantId, [lost])).toMatchObject([{ stateGuard: original.guard, content: original.content }]);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: update.guard }]);
    });

    it('counts a row of which nothing but the summary was written wrongly', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const original = change('created', newKey(tenantId), 1_000, { contentRef: 's3://b/1', summary: 'right' });
      await partition.apply(change('created', original.key, 1_000, { id: original.guard.eventId, contentRef: 's3://b/1', summary: 'wrong' }));
      expect(await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [original], upTo: at(1), refused: 0 })).toEqual({ ...none, events: 1, rowsUpdated: 1 });
      expect(await store.readRows(tenantId, [original.key])).toMatchObject([{ content: { summary: 'right' } }]);
    });

    it('writes what a deletion that came late does to the summary, as a stale event that updates its row', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const key = newKey(tenantId);
      const [create, summarize, remove] = [change('created', key, 3_000), change('summarized', key, 1_000), change('deleted', key, 2_000)];
      await partition.apply(create, summarize);
      expect(await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [remove], upTo: at(1), refused: 0 })).toEqual({ ...none, events: 1, stale: 1, rowsUpdated: 1 });
      expect(await store.readRows(tenantId, [key])).toEqual([
        { key, stateGuard: create.guard, isDeleted: false, content: create.content, summaryGuard: remove.guard, summary: undefined },
      ]);
    });

    it('counts a row once, by what became of it over all batches', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const [made, gone, revived, back, kept] = Array.from({ length: 5 }, () => newKey(tenantId));
      const same = change('created', kept, 1_000);
      await partition.apply(change('created', gone, 1_000), change('deleted', revived, 1_000), change('created', back, 1_000), same);
      const batches = [
        [change('created', made, 1_000), change('deleted', gone, 2_000), change('created', revived, 2_000), change('deleted', back, 2_000), same],
        [change('updated', made, 2_000), change('updated', back, 3_000), change('updated', revived, 1_500)],
        [change('updated', made, 1_500), change('updated', revived, 3_000), same],
      ];
      let counts = none;
      for (const [index, changes] of batches.entries()) {
        counts = await store.applyBackfill({ tenantId, id, from: index === 0 ? undefined : at(index) }, { changes, upTo: at(index + 1), refused: 0 });
      }
      expect(counts).toEqual({ ...none, events: 11, stale: 2, rowsInserted: 2, rowsUpdated: 1, rowsDeleted: 1, rowsUnchanged: 1 });
      expect((await store.readBackfill(tenantId, id))?.counts).toEqual(counts);
    });

    it('refuses a position that the job is not at: an answer was lost on its way', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const batch = { changes: [change('created', newKey(tenantId), 1_000)], upTo: at(1), refused: 0 };
      await expectFailure(store.applyBackfill({ tenantId, id, from: at(1) }, batch), 'position_moved');
      const counts = await store.applyBackfill({ tenantId, id, from: undefined }, batch);
      await expectFailure(store.applyBackfill({ tenantId, id, from: undefined }, batch), 'position_moved');
      await expectFailure(store.applyBackfill({ tenantId, id, from: { epoch: 2n, sequence: 1n } }, batch), 'position_moved');
      expect(await store.readBackfill(tenantId, id)).toMatchObject({ position: at(1), counts });
    });

    it('leaves nothing of a batch that cannot be stored', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const key = newKey(tenantId);
      const batch = { changes: [change('created', key, 1_000), unstorable(newKey(tenantId), 1_000)], upTo: at(1), refused: 0 };
      await expectFailure(store.applyBackfill({ tenantId, id, from: undefined }, batch), 'data');
      expect(await store.readRows(tenantId, [key])).toEqual([]);
      expect(await store.readBackfill(tenantId, id)).toMatchObject({ position: undefined, counts: none });
    });

    it('moves on without any event, and counts those that are refused', async () => {
      const { store, tenantId, job: { id } } = await begin();
      expect(await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [], upTo: at(5), refused: 3 })).toEqual({ ...none, events: 3, refused: 3 });
      expect(await store.readBackfill(tenantId, id)).toMatchObject({ position: at(5) });
    });

    it('writes nothing for a dry run, for a job that has ended and for one that is none', async () => {
      const { store, tenantId, job } = await begin({ isDryRun: true });
      const key = newKey(tenantId);
      const batch = { changes: [change('created', key, 1_000)], upTo: at(1), refused: 0 };
      await expectFailure(store.applyBackfill({ tenantId, id: job.id, from: undefined }, batch), 'data');
      const ended = await store.startBackfill(asked(tenantId));
      await store.endBackfill(tenantId, ended.id, { ending: 'done' });
      await expectFailure(store.applyBackfill({ tenantId, id: ended.id, from: undefined }, batch), 'position_moved');
      await expectFailure(store.applyBackfill({ tenantId, id: newEventId(), from: undefined }, batch), 'data');
      expect(await store.readRows(tenantId, [key])).toEqual([]);
    });

    it('marks no id as seen: what the topic still holds is applied by its guards alone', async () => {
      const { store, tenantId, job: { id } } = await begin();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const create = change('created', newKey(tenantId), 1_000);
      await store.applyBackfill({ tenantId, id, from: undefined }, { changes: [create], upTo: at(1), refused: 0 });
      expect(await partition.apply(create)).toEqual(['stale']);
    });
  });

  describe('EpisodeStore.endBackfill()', () => {
    it('keeps the counts as they are, or those that it is given', async () => {
      const { store, tenantId, job } = await begin();
      await store.applyBackfill({ tenantId, id: job.id, from: undefined }, { changes: [], upTo: at(1), refused: 2 });
      await store.endBackfill(tenantId, job.id, { ending: 'done' });
      expect(await store.readBackfill(tenantId, job.id)).toMatchObject({ ending: 'done', counts: { refused: 2 }, errorCode: '', endedAtUs: expect.any(Number) as number });
      const dry = await store.startBackfill(asked(tenantId, { isDryRun: true }));
      const counts = { ...none, events: 5, rowsInserted: 4, stale: 1 };
      await store.endBackfill(tenantId, dry.id, { ending: 'done', counts });
      expect(await store.readBackfill(tenantId, dry.id)).toMatchObject({ ending: 'done', counts });
    });

    it('keeps the first end', async () => {
      const { store, tenantId, job } = await begin();
      await store.endBackfill(tenantId, job.id, { ending: 'failed', errorCode: 'LIMIT', reason: 'more than 2,000,000 rows' });
      const ended = await store.readBackfill(tenantId, job.id);
      expect(ended).toMatchObject({ ending: 'failed', errorCode: 'LIMIT', reason: 'more than 2,000,000 rows' });
      await store.endBackfill(tenantId, job.id, { ending: 'done' });
      expect(await store.readBackfill(tenantId, job.id)).toEqual(ended);
    });
  });
}
