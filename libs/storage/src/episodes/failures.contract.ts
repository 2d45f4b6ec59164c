import type { EpisodeChange } from '@arqonbus/continuum';
import { describe, expect, it } from 'vitest';
import {
  change, EpisodeStoresOfTest, expectFailure, fault, newKey, newTenantId, ProjectedPartition, unstorable,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** Batches that cannot be stored, and what becomes of them (I5). */
export function failuresContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);
  const withConnections = stores.needing('connections');
  const patience = { timeout: options.patienceMs ?? 20_000 };

  describe('EpisodeStore.applyBatch() of what cannot be stored', () => {
    it.each([
      ['a content reference', { contentRef: 'canary\u0000' }],
      ['a tag', { tags: ['canary\u0000'] }],
      ['an embedding', { embeddingRef: 'canary\u0000' }],
      ['metadata', { metadataJson: '{"a":"canary\\u0000"}' }],
      ['a summary', { summary: 'canary\u0000' }],
    ])('refuses %s with the character 0 as data, and never tells what it holds', async (_, parts) => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const error = await expectFailure(partition.apply(change('created', newKey(tenantId), 1_000, parts)), 'data');
      expect(`${error.message} ${String(error.cause)}`).not.toMatch(/canary|s3:/);
      expect(error.sqlCode).toMatch(/^22/);
    });

    it('leaves nothing of the whole batch: no row, no mark, no dead letter, no position', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const key = newKey(tenantId);
      const good = change('created', key, 1_000);
      const partition = await ProjectedPartition.claim(store, tenantId);
      await expectFailure(partition.apply(good, fault(), unstorable(newKey(tenantId), 1_000)), 'data');
      expect(await store.readRows(tenantId, [key])).toEqual([]);
      expect(await store.countOpenDeadLetters(tenantId)).toBe(0);
      expect(await store.listPartitions(tenantId)).toMatchObject([{ position: undefined }]);
      expect(await partition.apply(good)).toEqual(['inserted']);
    });

    it('takes the rest once a split found those that are bad', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const keys = Array.from({ length: 16 }, () => newKey(tenantId));
      const partition = await ProjectedPartition.claim(store, tenantId);
      const changes = keys.map((key, index) => (index === 5 || index === 12 ? unstorable(key, 1_000) : change('created', key, 1_000)));
      const bad = await applySplitting(partition, changes);
      expect(bad).toEqual([changes[5], changes[12]]);
      expect(await store.countEpisodes(tenantId)).toBe(14);
      const letters = await store.listDeadLetters(tenantId, { limit: 10 });
      expect(letters.map((letter) => [letter.fault.eventId, letter.tries])).toEqual(bad.map(({ guard }) => [guard.eventId, 1]));
      expect(partition.position).toEqual({ epoch: 7n, sequence: 16n });
    });

    it('fails as transient while the database is away, and goes on afterwards', withConnections(async () => {
      const { store, cutConnections } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      await cutConnections?.();
      await expect.poll(() => store.ping().then(() => 'up', (error: { failure?: string }) => error.failure), patience).toBe('up');
      const again = await ProjectedPartition.claim(store, tenantId);
      expect(again.claim.fence).toBeGreaterThan(partition.claim.fence);
      expect(await again.apply(change('created', newKey(tenantId), 1_000))).toEqual(['inserted']);
    }));
  });

  describe('EpisodeStore.applyBatch() of refused events', () => {
    it('keeps each as a dead letter with its bytes, its place and the reason, in the same transaction', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const [refused, unreadable] = [fault(), fault({ code: 'EPISODE_MALFORMED', field: '', reason: 'is no message', eventId: '' })];
      const entries = partition.entries([refused, change('created', newKey(tenantId), 1_000), unreadable]);
      const [first, , third] = entries.map((entry) => entry.record);
      expect(await partition.applyEntries(entries)).toEqual([undefined, 'inserted', undefined]);
      const letters = await store.listDeadLetters(tenantId, { limit: 10 });
      expect(letters).toMatchObject([
        { fault: refused, record: first, tries: 1, replayedAtUs: undefined, isAnnounced: false },
        { fault: unreadable, record: third, tries: 1, replayedAtUs: undefined, isAnnounced: false },
      ]);
      for (const { id, firstFailureUs, lastFailureUs } of letters) {
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(Math.abs(Date.now() * 1_000 - firstFailureUs)).toBeLessThan(60_000_000);
        expect(lastFailureUs).toBeGreaterThanOrEqual(firstFailureUs);
      }
      expect(await store.countEpisodes(tenantId)).toBe(1);
    });

    it('keeps one dead letter per place in the topic, however often it comes', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const entry = partition.entry(fault(), 0n, 4);
      await partition.applyEntries([entry, entry]);
      await partition.applyEntries([entry], { epoch: 7n, sequence: 2n });
      const [letter, ...others] = await store.listDeadLetters(tenantId, { limit: 10 });
      expect(others).toEqual([]);
      expect(letter.record.position).toEqual(entry.record.position);
      expect(letter.tries).toBeGreaterThanOrEqual(4);
    });

    it('keeps bytes as they are, none and many, and a sender and type of any text', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(store, tenantId);
      const all = Uint8Array.from({ length: 65_536 }, (_, index) => index % 256);
      const payloads = [new Uint8Array(0), all];
      const entries = payloads.map((payload, index) => {
        const entry = partition.entry(fault(), BigInt(index));
        return { ...entry, record: { ...entry.record, payload, sender: `söme'"\\one`, type: 'not.an.Episode' } };
      });
      await partition.applyEntries(entries);
      const letters = await store.listDeadLetters(tenantId, { limit: 10 });
      expect(letters.map(({ record }) => Buffer.from(record.payload).equals(payloads[record.position.sequence === 1n ? 0 : 1]))).toEqual([true, true]);
      expect(letters[0].record).toMatchObject({ sender: `söme'"\\one`, type: 'not.an.Episode' });
    });

    it('marks no id as seen for it: the event may come again in a form that can be stored', async () => {
      const { store } = await stores.first();
      const tenantId = newTenantId();
      const key = newKey(tenantId);
      const partition = await ProjectedPartition.claim(store, tenantId);
      const better = change('created', key, 1_000);
      await partition.apply(fault({ eventId: better.guard.eventId }));
      expect(await partition.apply(better)).toEqual(['inserted']);
    });
  });
}

/** As the projector isolates what cannot be stored: halves, in order; the ones left alone become dead letters. */
async function applySplitting(partition: ProjectedPartition, changes: readonly EpisodeChange[]): Promise<readonly EpisodeChange[]> {
  try {
    await partition.apply(...changes);
    return [];
  } catch (error) {
    if ((error as { failure?: string }).failure !== 'data') throw error;
    if (changes.length === 1) {
      const [bad] = changes;
      await partition.applyEntries([partition.entry(fault({ code: 'EPISODE_NOT_STORABLE', field: '', reason: 'is refused', eventId: bad.guard.eventId }), 0n, 1)]);
      return changes;
    }
    const middle = changes.length >> 1;
    return [...await applySplitting(partition, changes.slice(0, middle)), ...await applySplitting(partition, changes.slice(middle))];
  }
}
