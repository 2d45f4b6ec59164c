import { describe, expect, it } from 'vitest';
import type { EpisodeStore, PartitionClaim } from './episode-store.js';
import {
  change, EpisodeStoresOfTest, expectFailure, newKey, newTenantId, ProjectedPartition, type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** Who may move a partition: one instance at a time, and nobody with an older fence (I16). */
export function claimsContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);
  const patience = { timeout: options.patienceMs ?? 20_000 };
  const withInstances = stores.needing('instances');
  const withConnections = stores.needing('connections');

  describe('EpisodeStore.claimPartition()', () => {
    it('gives a higher fence each time, and the position as it is', async () => {
      const { store, instance } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      await store.releasePartition(partition.claim);
      const again = await ProjectedPartition.claim(store, tenantId);
      expect(again.claim.fence).toBeGreaterThan(partition.claim.fence);
      expect(again.position).toEqual(partition.position);
      expect(await store.listPartitions(tenantId)).toEqual([{ partition: 0, instance, position: partition.position }]);
      expect(await again.apply(change('created', newKey(tenantId), 1_000))).toEqual(['inserted']);
    });

    it('claims the partitions of a tenant and of several on their own', async () => {
      const { store } = await stores.first();
      const [tenantId, other] = [newTenantId(), newTenantId()];
      for (const [owner, number] of [[tenantId, 0], [tenantId, 1], [other, 0]] as const) {
        expect(await store.claimPartition(owner, number)).toMatchObject({ tenantId: owner, partition: number, position: undefined });
      }
      expect((await store.listPartitions(tenantId)).map(({ partition }) => partition)).toEqual([0, 1]);
    });

    it('gives a partition to one instance alone until it is released', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(first.store, tenantId);
      expect(await second.store.claimPartition(tenantId, 0)).toBeUndefined();
      expect(await second.store.claimPartition(tenantId, 1)).toMatchObject({ partition: 1 });
      expect(await first.store.listPartitions(tenantId)).toMatchObject([{ partition: 0, instance: first.instance }, { partition: 1, instance: second.instance }]);
      await first.store.releasePartition(partition.claim);
      const taken = await ProjectedPartition.claim(second.store, tenantId);
      expect(taken.claim.fence).toBeGreaterThan(partition.claim.fence);
      expect(await first.store.listPartitions(tenantId)).toMatchObject([{ instance: second.instance }, { instance: second.instance }]);
    }));

    it('gives one of several instances that ask at once', withInstances(async () => {
      const first = await stores.first();
      const others = [await stores.second(first), await stores.second(first)];
      const tenantId = newTenantId();
      const claims = await Promise.all([first, ...others].flatMap(({ store }) => [0, 1, 2, 3].map((number) => store.claimPartition(tenantId, number))));
      const taken = claims.filter((claim) => claim !== undefined);
      expect(taken.map(({ partition }) => partition).sort()).toEqual([0, 1, 2, 3]);
    }));

    it('gives what an instance held after its end', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(second.store, tenantId);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      await second.close();
      await expect.poll(() => first.store.claimPartition(tenantId, 0), patience).toMatchObject({ position: partition.position });
    }));
  });

  describe('EpisodeStore.agreeOnPartitions()', () => {
    const positionsOf = async (store: EpisodeStore, tenantId: string): Promise<readonly (bigint | undefined)[]> => (await store.listPartitions(tenantId)).map(({ position }) => position?.sequence);

    it('leaves claims and positions as they are while the number is the same', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      expect(await store.agreeOnPartitions(tenantId, 2)).toBe(2);
      const partition = await ProjectedPartition.claim(store, tenantId, 1);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      expect(await store.agreeOnPartitions(tenantId, 2)).toBe(2);
      expect(await positionsOf(store, tenantId)).toEqual([undefined, 1n]);
      expect(await partition.apply(change('created', newKey(tenantId), 1_000))).toEqual(['inserted']);
    });

    it('turns all back to the one that is least far when the number rises, and refuses what claims of before still write', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      await store.agreeOnPartitions(tenantId, 2);
      const [slow, fast] = [await ProjectedPartition.claim(store, tenantId, 0), await ProjectedPartition.claim(store, tenantId, 1)];
      await slow.apply(change('created', newKey(tenantId), 1_000));
      const key = newKey(tenantId);
      const seen = [change('created', newKey(tenantId), 1_000), change('created', key, 1_000)];
      await fast.apply(...seen);
      expect(await positionsOf(store, tenantId)).toEqual([1n, 2n]);
      expect(await store.agreeOnPartitions(tenantId, 5)).toBe(5);
      expect(await positionsOf(store, tenantId)).toEqual([1n, 1n, 1n, 1n, 1n]);
      await expectFailure(fast.apply(change('updated', key, 2_000)), 'claim_lost');
      await store.releasePartition(fast.claim);
      // What is read again is known by its id.
      const again = await ProjectedPartition.claim(store, tenantId, 1);
      expect(await again.apply(seen[1])).toEqual(['duplicate']);
      expect(await store.agreeOnPartitions(tenantId, 5)).toBe(5);
      expect(await positionsOf(store, tenantId)).toEqual([1n, 2n, 1n, 1n, 1n]);
    });

    it('turns all back to the beginning when one has read nothing', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      await store.agreeOnPartitions(tenantId, 2);
      const partition = await ProjectedPartition.claim(store, tenantId, 1);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      expect(await store.agreeOnPartitions(tenantId, 3)).toBe(3);
      expect(await positionsOf(store, tenantId)).toEqual([undefined, undefined, undefined]);
    });

    it('takes a smaller number until something was projected, then names the one in force', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      expect(await store.agreeOnPartitions(tenantId, 4)).toBe(4);
      expect(await store.agreeOnPartitions(tenantId, 2)).toBe(2);
      expect(await positionsOf(store, tenantId)).toEqual([undefined, undefined]);
      const partition = await ProjectedPartition.claim(store, tenantId, 0);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      expect(await store.agreeOnPartitions(tenantId, 1)).toBe(2);
      expect(await positionsOf(store, tenantId)).toEqual([1n, undefined]);
    });

    it('is one number for instances that ask at once', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(first.store, tenantId, 0);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      const agreed = await Promise.all([first, second].map(({ store }) => whileTransient(() => store.agreeOnPartitions(tenantId, 3))));
      expect(agreed).toEqual([3, 3]);
      expect(await positionsOf(second.store, tenantId)).toEqual([1n, 1n, 1n]);
    }));
  });

  describe('EpisodeStore.releasePartition()', () => {
    it('leaves the partition without an instance, and its position', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      await store.releasePartition(partition.claim);
      expect(await store.listPartitions(tenantId)).toEqual([{ partition: 0, instance: '', position: partition.position }]);
    });

    it('of an old claim leaves the newer one to its holder', withConnections(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const old = await ProjectedPartition.claim(first.store, tenantId);
      await first.cutConnections?.();
      await expect.poll(() => second.store.claimPartition(tenantId, 0).then((claim) => claim !== undefined, () => false), patience).toBe(true);
      await expect.poll(() => first.store.releasePartition(old.claim).then(() => true, () => false), patience).toBe(true);
      await expect.poll(() => first.store.claimPartition(tenantId, 0), patience).toBeUndefined();
    }));
  });

  describe('EpisodeStore.applyBatch() and the claim', () => {
    it('refuses a claim that was released and taken again', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const key = newKey(tenantId);
      const old = await ProjectedPartition.claim(store, tenantId);
      await store.releasePartition(old.claim);
      const now = await ProjectedPartition.claim(store, tenantId);
      await expectFailure(old.apply(change('created', key, 1_000)), 'claim_lost');
      expect(await store.readRows(tenantId, [key])).toEqual([]);
      expect(await now.apply(change('created', key, 1_000))).toEqual(['inserted']);
    });

    it('refuses a position that the partition is not at: an answer was lost on its way', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const keys = [newKey(tenantId), newKey(tenantId), newKey(tenantId)];
      const partition = await ProjectedPartition.claim(store, tenantId);
      const entries = partition.entries([change('created', keys[0], 1_000), change('created', keys[1], 1_000)]);
      const upTo = { epoch: 7n, sequence: 2n };
      const batch = { claim: partition.claim, from: undefined, entries, upTo };
      await store.applyBatch(batch);
      await expectFailure(store.applyBatch(batch), 'position_moved');
      await expectFailure(store.applyBatch({ ...batch, from: { epoch: 7n, sequence: 1n } }), 'position_moved');
      await expectFailure(store.applyBatch({ ...batch, from: { epoch: 6n, sequence: 2n } }), 'position_moved');
      // What was committed is there to read, and the next batch goes on behind it.
      const [{ position }] = await store.listPartitions(tenantId);
      expect(position).toEqual(upTo);
      partition.position = position;
      expect(await partition.apply(change('created', keys[2], 1_000))).toEqual(['inserted']);
      expect(await store.countEpisodes(tenantId)).toBe(3);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(0);
    });

    it('refuses the claim of an instance whose partition another one has', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const key = newKey(tenantId);
      const old = await ProjectedPartition.claim(first.store, tenantId);
      await first.store.releasePartition(old.claim);
      const taken = await ProjectedPartition.claim(second.store, tenantId);
      const late = change('updated', key, 9_000);
      await expectFailure(old.apply(late), 'claim_lost');
      expect(await taken.apply(change('created', key, 1_000), late)).toEqual(['inserted', 'updated']);
    }));

    it('gives each event once when two instances project the same events at once', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const keys = Array.from({ length: 40 }, () => newKey(tenantId));
      const changes = keys.flatMap((key) => [change('created', key, 1_000), change('updated', key, 2_000)]);
      const partitions = [await ProjectedPartition.claim(first.store, tenantId, 0), await ProjectedPartition.claim(second.store, tenantId, 1)];
      const outcomes = await Promise.all(partitions.map((partition, index) => whileTransient(() => partition.apply(...(index === 0 ? changes : [...changes].reverse())))));
      const applied = outcomes.flat().filter((outcome) => outcome !== 'duplicate' && outcome !== 'stale');
      expect(outcomes.flat().filter((outcome) => outcome === 'duplicate')).toHaveLength(changes.length);
      expect(applied.length).toBeGreaterThanOrEqual(keys.length);
      const rows = await first.store.readRows(tenantId, keys);
      expect(rows).toHaveLength(keys.length);
      expect(rows.every((row) => row.stateGuard?.sourceTsUs === 2_000)).toBe(true);
    }));
  });

  describe('EpisodeStore.onClaimLost()', () => {
    it('tells each claim whose connection went, and they can be had again', withConnections(async () => {
      const { store, cutConnections } = await stores.first();
      const tenantId = newTenantId();
      const lost: PartitionClaim[] = [];
      store.onClaimLost((claim) => lost.push(claim));
      const kept = await ProjectedPartition.claim(store, tenantId, 0);
      const released = await ProjectedPartition.claim(store, tenantId, 1);
      await store.releasePartition(released.claim);
      await cutConnections?.();
      await expect.poll(() => lost.map(({ partition }) => partition), patience).toEqual([0]);
      await expect.poll(() => store.ping().then(() => true, () => false), patience).toBe(true);
      const again = await ProjectedPartition.claim(store, tenantId, 0);
      expect(again.claim.fence).toBeGreaterThan(kept.claim.fence);
      await expectFailure(kept.apply(change('created', newKey(tenantId), 1_000)), 'claim_lost');
      expect(await again.apply(change('created', newKey(tenantId), 1_000))).toEqual(['inserted']);
    }));

    it('says nothing of what was released', async () => {
      const { store } = await stores.first();
      const lost: PartitionClaim[] = [];
      store.onClaimLost((claim) => lost.push(claim));
      const { claim } = await ProjectedPartition.claim(store, newTenantId());
      await store.releasePartition(claim);
      await store.ping();
      expect(lost).toEqual([]);
    });
  });

  describe('EpisodeStore.countInstances()', () => {
    it('counts itself', async () => {
      const { store } = await stores.first();
      expect(await store.countInstances()).toBe(1);
    });

    it('counts those that are open, whether they hold a partition or not', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      expect(await first.store.countInstances()).toBe(2);
      expect(await second.store.countInstances()).toBe(2);
      await second.close();
      await expect.poll(() => first.store.countInstances(), patience).toBe(1);
    }));
  });
}

/** Tries again what another writer came in the way of. */
async function whileTransient<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (tries === 10 || (error as { failure?: string }).failure !== 'transient') throw error;
    }
  }
}
