import { describe, expect, it } from 'vitest';
import {
  change, EpisodeStoresOfTest, expectFailure, fault, newEventId, newKey, newTenantId, ProjectedPartition,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** Nothing of one tenant by any method of another (I8), and what is kept about a tenant beside its episodes. */
export function tenantsContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);
  const withInstances = stores.needing('instances');

  describe('EpisodeStore and several tenants', () => {
    it('keeps episodes of the same agent and id apart', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const key = newKey(tenantId);
      const [own, theirs] = [change('created', key, 1_000), change('created', { ...key, tenantId: other }, 2_000)];
      await (await ProjectedPartition.claim(store, tenantId)).apply(own);
      await (await ProjectedPartition.claim(store, other)).apply(theirs, change('created', newKey(other), 1_000));
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ key, stateGuard: own.guard }]);
      expect(await store.readRows(other, [theirs.key])).toMatchObject([{ key: theirs.key, stateGuard: theirs.guard }]);
      expect([await store.countEpisodes(tenantId), await store.countEpisodes(other), await store.countEpisodes(newTenantId())]).toEqual([1, 2, 0]);
    });

    it('knows a repeated id within a tenant alone', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const own = change('created', newKey(tenantId), 1_000);
      expect(await (await ProjectedPartition.claim(store, tenantId)).apply(own)).toEqual(['inserted']);
      const theirs = change('created', newKey(other), 1_000, { id: own.guard.eventId });
      expect(await (await ProjectedPartition.claim(store, other)).apply(theirs)).toEqual(['inserted']);
    });

    it('never writes to another tenant than that of the claim', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const key = newKey(other);
      const partition = await ProjectedPartition.claim(store, tenantId);
      await expectFailure(partition.apply(change('created', key, 1_000)), 'data');
      const { id } = await store.startBackfill({ id: newEventId(), tenantId, fromUs: 0, toUs: 1, agentId: '', isDryRun: false });
      await expectFailure(store.applyBackfill({ tenantId, id, from: undefined }, { changes: [change('created', key, 1_000)], upTo: { epoch: 1n, sequence: 1n }, refused: 0 }), 'data');
      await partition.apply(fault());
      const [letter] = await store.listDeadLetters(tenantId, { limit: 1 });
      await expectFailure(store.replayDeadLetter(tenantId, letter.id, change('created', key, 1_000)), 'data');
      expect(await store.readRows(other, [key])).toEqual([]);
      expect(await store.countEpisodes(other)).toBe(0);
    });

    it('shows no dead letter of another, by list or by id, and changes none', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      await (await ProjectedPartition.claim(store, tenantId)).apply(fault());
      const [letter] = await store.listDeadLetters(tenantId, { limit: 10 });
      expect(await store.listDeadLetters(other, { limit: 10, withReplayed: true })).toEqual([]);
      expect(await store.readDeadLetter(other, letter.id)).toBeUndefined();
      expect(await store.countOpenDeadLetters(other)).toBe(0);
      expect(await store.listUnannounced(other, 10)).toEqual([]);
      await store.markAnnounced(other, [letter.id]);
      await store.refuseDeadLetter(other, letter.id, fault({ reason: 'theirs' }));
      const error = await expectFailure(store.replayDeadLetter(other, letter.id, change('created', newKey(other), 1_000)), 'data');
      const absent = await expectFailure(store.replayDeadLetter(other, newEventId(), change('created', newKey(other), 1_000)), 'data');
      expect(error.message).toBe(absent.message);
      expect(await store.readDeadLetter(tenantId, letter.id)).toEqual(letter);
    });

    it('shows no backfill of another, and changes none', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const job = await store.startBackfill({ id: newEventId(), tenantId, fromUs: 0, toUs: 1, agentId: 'ours', isDryRun: false });
      expect(await store.readBackfill(other, job.id)).toBeUndefined();
      expect(await store.listBackfills(other, 10)).toEqual([]);
      expect(await store.claimBackfill(other)).toBeUndefined();
      await store.endBackfill(other, job.id, { ending: 'failed', reason: 'theirs' });
      await expectFailure(store.applyBackfill({ tenantId: other, id: job.id, from: undefined }, { changes: [], upTo: { epoch: 1n, sequence: 1n }, refused: 0 }), 'data');
      const theirs = await store.startBackfill({ id: job.id, tenantId: other, fromUs: 5, toUs: 6, agentId: 'theirs', isDryRun: true });
      expect(theirs).toMatchObject({ tenantId: other, agentId: 'theirs' });
      expect(await store.readBackfill(tenantId, job.id)).toEqual(job);
    });

    it('shows no partition of another', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      await (await ProjectedPartition.claim(store, tenantId)).apply(change('created', newKey(tenantId), 1_000));
      expect(await store.listPartitions(other)).toEqual([]);
    });
  });

  describe('EpisodeStore.setPaused()', () => {
    it('pauses one tenant until it is resumed, whoever asks, also after a restart', async () => {
      const under = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      expect(await under.store.isPaused(tenantId)).toBe(false);
      await under.store.setPaused(tenantId, false, 'admin-1');
      await under.store.setPaused(tenantId, true, 'admin-1');
      await under.store.setPaused(tenantId, true, 'admin-2');
      expect([await under.store.isPaused(tenantId), await under.store.isPaused(other)]).toEqual([true, false]);
      const again = await stores.reopened(under);
      expect(await again.store.isPaused(tenantId)).toBe(true);
      await again.store.setPaused(tenantId, false, 'admin-1');
      expect(await again.store.isPaused(tenantId)).toBe(false);
    });

    it('is seen by every instance', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      await first.store.setPaused(tenantId, true, 'admin-1');
      expect(await second.store.isPaused(tenantId)).toBe(true);
    }));
  });

  describe('EpisodeStore.pruneMarks()', () => {
    it('forgets old marks of one tenant, a bounded number at a time: a repetition is then stale', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const changes = [tenantId, other].map((owner) => Array.from({ length: 5 }, () => change('created', newKey(owner), 1_000)));
      const partitions = [await ProjectedPartition.claim(store, tenantId), await ProjectedPartition.claim(store, other)];
      for (const [index, partition] of partitions.entries()) await partition.apply(...changes[index]);
      const nowUs = Date.now() * 1_000;
      expect(await store.pruneMarks(tenantId, nowUs - 3_600_000_000, 100)).toBe(0);
      expect(await store.pruneMarks(tenantId, nowUs + 3_600_000_000, 3)).toBe(3);
      expect(await store.pruneMarks(tenantId, nowUs + 3_600_000_000, 3)).toBe(2);
      expect(await store.pruneMarks(tenantId, nowUs + 3_600_000_000, 3)).toBe(0);
      expect(await partitions[0].apply(...changes[0])).toEqual(Array.from({ length: 5 }, () => 'stale'));
      expect(await partitions[1].apply(...changes[1])).toEqual(Array.from({ length: 5 }, () => 'duplicate'));
      expect(await store.countEpisodes(tenantId)).toBe(5);
    });
  });

  describe('EpisodeStore.close()', () => {
    it('refuses everything afterwards, and may be called again', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      await store.ping();
      await store.close();
      await store.close();
      for (const call of [() => store.ping(), () => store.isPaused(tenantId), () => store.claimPartition(tenantId, 0), () => store.listDeadLetters(tenantId, { limit: 1 })]) {
        await expectFailure(call(), 'transient');
      }
    });
  });
}
