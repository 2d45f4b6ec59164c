import { describe, expect, it } from 'vitest';
import type { DeadLetterRow, EpisodeStore } from './episode-store.js';
import {
  change, EpisodeStoresOfTest, expectFailure, fault, newEventId, newKey, newTenantId, ProjectedPartition, unstorable,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** Reading, replaying and announcing dead letters (I5, I6). */
export function deadLettersContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);
  const withInstances = stores.needing('instances');

  /** A tenant with this many open dead letters, the oldest first. */
  async function begin(count: number): Promise<{ store: EpisodeStore; tenantId: string; letters: readonly DeadLetterRow[]; partition: ProjectedPartition }> {
    const { store } = await stores.first();
    const tenantId = newTenantId();
    const partition = await ProjectedPartition.claim(store, tenantId);
    await partition.apply(...Array.from({ length: count }, () => fault()));
    return { store, tenantId, partition, letters: await store.listDeadLetters(tenantId, { limit: 500 }) };
  }

  describe('EpisodeStore.listDeadLetters()', () => {
    it('gives them in the order in which they were refused, page by page', async () => {
      const { store, tenantId, partition } = await begin(3);
      await partition.apply(fault(), fault());
      const seen: bigint[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 4; pages++) {
        const page = await store.listDeadLetters(tenantId, { limit: 2, ...(after === undefined ? {} : { after }) });
        seen.push(...page.map(({ record }) => record.position.sequence));
        after = page.at(-1)?.id ?? after;
      }
      expect(seen).toEqual([1n, 2n, 3n, 4n, 5n]);
    });

    it('gives at most 500 at once', async () => {
      const { store, tenantId, letters } = await begin(510);
      expect(letters).toHaveLength(500);
      expect(await store.listDeadLetters(tenantId, { limit: 10_000 })).toHaveLength(500);
      expect(await store.listDeadLetters(tenantId, { limit: 10_000, after: letters[499].id })).toHaveLength(10);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(510);
    });

    it('leaves out what was replayed, unless it is asked for', async () => {
      const { store, tenantId, letters: [first, second] } = await begin(2);
      await store.replayDeadLetter(tenantId, first.id, change('created', newKey(tenantId), 1_000));
      expect((await store.listDeadLetters(tenantId, { limit: 10 })).map(({ id }) => id)).toEqual([second.id]);
      expect(await store.listDeadLetters(tenantId, { limit: 10, withReplayed: false })).toHaveLength(1);
      const all = await store.listDeadLetters(tenantId, { limit: 10, withReplayed: true });
      expect(all.map(({ id, replayedAtUs }) => [id, replayedAtUs !== undefined])).toEqual([[first.id, true], [second.id, false]]);
    });

    it('is empty for a tenant without any', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      expect(await store.listDeadLetters(tenantId, { limit: 10 })).toEqual([]);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(0);
      expect(await store.listUnannounced(tenantId, 10)).toEqual([]);
    });
  });

  describe('EpisodeStore.readDeadLetter()', () => {
    it('gives one by its id, replayed or not, and nothing for an id that is none', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      expect(await store.readDeadLetter(tenantId, letter.id)).toEqual(letter);
      await store.replayDeadLetter(tenantId, letter.id, change('created', newKey(tenantId), 1_000));
      expect(await store.readDeadLetter(tenantId, letter.id)).toMatchObject({ id: letter.id, replayedAtUs: expect.any(Number) as number });
      for (const id of [newEventId(), '', 'x', `${letter.id}'`, letter.id.slice(1)]) expect(await store.readDeadLetter(tenantId, id), id).toBeUndefined();
    });
  });

  describe('EpisodeStore.replayDeadLetter()', () => {
    it('applies the event once, and tells a second time that it was', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      const key = newKey(tenantId);
      const create = change('created', key, 1_000);
      expect(await store.replayDeadLetter(tenantId, letter.id, create)).toEqual({ outcome: 'inserted' });
      expect(await store.replayDeadLetter(tenantId, letter.id, change('deleted', key, 9_000))).toEqual({ outcome: 'already' });
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: create.guard, isDeleted: false }]);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(0);
    });

    it('applies under the ordinary guards: what is newer stays', async () => {
      const { store, tenantId, partition, letters: [letter] } = await begin(1);
      const key = newKey(tenantId);
      const newer = change('updated', key, 2_000);
      await partition.apply(newer);
      expect(await store.replayDeadLetter(tenantId, letter.id, change('created', key, 1_000))).toEqual({ outcome: 'stale' });
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: newer.guard }]);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(0);
    });

    it('knows an event that was projected in the meantime, and is known afterwards', async () => {
      const { store, tenantId, partition, letters: [letter, other] } = await begin(2);
      const [create, second] = [change('created', newKey(tenantId), 1_000), change('created', newKey(tenantId), 1_000)];
      await partition.apply(create);
      expect(await store.replayDeadLetter(tenantId, letter.id, create)).toEqual({ outcome: 'duplicate' });
      expect(await store.replayDeadLetter(tenantId, other.id, second)).toEqual({ outcome: 'inserted' });
      expect(await partition.apply(second)).toEqual(['duplicate']);
    });

    it('leaves everything as it was when the event still cannot be stored', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      const bad = unstorable(newKey(tenantId), 1_000);
      await expectFailure(store.replayDeadLetter(tenantId, letter.id, bad), 'data');
      expect(await store.readDeadLetter(tenantId, letter.id)).toEqual(letter);
      expect(await store.replayDeadLetter(tenantId, letter.id, change('created', bad.key, 1_000, { id: bad.guard.eventId }))).toEqual({ outcome: 'inserted' });
    });

    it('refuses an id that is none', async () => {
      const { store, tenantId } = await begin(1);
      for (const id of [newEventId(), 'x', '']) await expectFailure(store.replayDeadLetter(tenantId, id, change('created', newKey(tenantId), 1_000)), 'data');
    });

    it('applies once when several ask at the same time', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(first.store, tenantId);
      await partition.apply(fault());
      const [letter] = await first.store.listDeadLetters(tenantId, { limit: 1 });
      const create = change('created', newKey(tenantId), 1_000);
      const outcomes = await Promise.all([first, second, first, second].map(({ store }) => store.replayDeadLetter(tenantId, letter.id, create)));
      expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['already', 'already', 'already', 'inserted']);
    }));
  });

  describe('EpisodeStore.refuseDeadLetter()', () => {
    it('counts a try and keeps the new reason; place, bytes and first failure stay', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      const again = fault({ code: 'EPISODE_NOT_STORABLE', field: 'summary', reason: 'is refused', eventId: letter.fault.eventId });
      await store.refuseDeadLetter(tenantId, letter.id, again);
      const now = await store.readDeadLetter(tenantId, letter.id);
      expect(now).toEqual({ ...letter, fault: again, tries: letter.tries + 1, lastFailureUs: now?.lastFailureUs });
      expect(now?.lastFailureUs).toBeGreaterThanOrEqual(letter.lastFailureUs);
    });

    it('does nothing to one that was replayed, or that is none', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      await store.replayDeadLetter(tenantId, letter.id, change('created', newKey(tenantId), 1_000));
      const replayed = await store.readDeadLetter(tenantId, letter.id);
      await store.refuseDeadLetter(tenantId, letter.id, fault());
      expect(await store.readDeadLetter(tenantId, letter.id)).toEqual(replayed);
      await store.refuseDeadLetter(tenantId, newEventId(), fault());
      await store.refuseDeadLetter(tenantId, 'x', fault());
    });
  });

  describe('EpisodeStore.claimReplay()', () => {
    it('lets one call of a tenant at a time replay, whichever instance has it, also after the end of one', withInstances(async () => {
      const first = await stores.first();
      const second = await stores.second(first);
      const [tenantId, other] = [newTenantId(), newTenantId()];
      const claim = await first.store.claimReplay(tenantId);
      for (const { store } of [first, second]) expect(await store.claimReplay(tenantId)).toBeUndefined();
      expect(await second.store.claimReplay(other)).toBeDefined();
      await claim?.release();
      expect(await second.store.claimReplay(tenantId)).toBeDefined();
      expect(await first.store.claimReplay(tenantId)).toBeUndefined();
      await second.store.close();
      await expect.poll(() => first.store.claimReplay(tenantId), { timeout: 20_000 }).toHaveProperty('release');
    }));
  });

  describe('EpisodeStore.listUnannounced() and markAnnounced()', () => {
    it('gives the oldest first until they are marked', async () => {
      const { store, tenantId, letters } = await begin(3);
      const unannounced = await store.listUnannounced(tenantId, 2);
      expect(unannounced).toEqual(letters.slice(0, 2));
      await store.markAnnounced(tenantId, unannounced.map(({ id }) => id));
      expect((await store.listUnannounced(tenantId, 10)).map(({ id }) => id)).toEqual([letters[2].id]);
      expect(await store.readDeadLetter(tenantId, letters[0].id)).toEqual({ ...letters[0], isAnnounced: true });
      await store.markAnnounced(tenantId, [letters[2].id, letters[0].id, newEventId()]);
      await store.markAnnounced(tenantId, []);
      expect(await store.listUnannounced(tenantId, 10)).toEqual([]);
    });

    it('is about replayed ones, too', async () => {
      const { store, tenantId, letters: [letter] } = await begin(1);
      await store.replayDeadLetter(tenantId, letter.id, change('created', newKey(tenantId), 1_000));
      expect((await store.listUnannounced(tenantId, 10)).map(({ id }) => id)).toEqual([letter.id]);
    });
  });
}
