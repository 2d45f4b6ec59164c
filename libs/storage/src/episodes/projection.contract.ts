import { visibleSummary, type EpisodeChange, type EpisodeChangeKind, type EpisodeKey } from '@arqonbus/continuum';
import { describe, expect, it } from 'vitest';
import {
  change, EpisodeStoresOfTest, fault, nameOf, newEventId, newKey, newTenantId, ProjectedPartition, rowsOf,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** An event of one episode: its kind, its source time in microseconds and its summary. */
type SummaryStep = readonly [kind: EpisodeChangeKind, atUs: number, summary?: string];

/** What a batch does to rows (I2–I4). */
export function projectionContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const stores = new EpisodeStoresOfTest(make, options);

  async function begin(): Promise<{ tenantId: string; partition: ProjectedPartition; store: ProjectedPartition['store'] }> {
    const { store } = await stores.first();
    const tenantId = newTenantId();
    return { tenantId, store, partition: await ProjectedPartition.claim(store, tenantId) };
  }

  describe('EpisodeStore.applyBatch() of one episode', () => {
    it('inserts, updates, deletes and revives it', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const content = { contentRef: 's3://b/1', summary: undefined, tags: ['a', 'b'], embeddingRef: 'vec://1', metadataJson: '{"k":1}' };
      const create = change('created', key, 1_000, content);
      expect(await partition.apply(create)).toEqual(['inserted']);
      const row = { key, stateGuard: create.guard, isDeleted: false, content, summaryGuard: undefined, summary: undefined };
      expect(await store.readRows(tenantId, [key])).toEqual([row]);
      const update = change('updated', key, 2_000, { contentRef: 's3://b/2', summary: 'short' });
      expect(await partition.apply(update)).toEqual(['updated']);
      expect(await store.readRows(tenantId, [key])).toEqual([
        { ...row, stateGuard: update.guard, content: update.content },
      ]);
      const remove = change('deleted', key, 3_000);
      expect(await partition.apply(remove)).toEqual(['deleted']);
      expect(await store.readRows(tenantId, [key])).toEqual([
        { key, stateGuard: remove.guard, isDeleted: true, content: undefined, summaryGuard: remove.guard, summary: undefined },
      ]);
      const again = change('created', key, 4_000, content);
      expect(await partition.apply(again)).toEqual(['revived']);
      expect(await store.readRows(tenantId, [key])).toEqual([
        { ...row, stateGuard: again.guard, summaryGuard: remove.guard },
      ]);
    });

    it('refuses what is older than its row, by the source time and then by the bytes of the event id (I4)', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const [low, middle, high] = ['00', '80', 'ff'].map((byte) => `019203a4-0000-7000-8000-0000000000${byte}`);
      const kept = change('created', key, 2_000, { id: middle, summary: 'short' });
      expect(await partition.apply(kept)).toEqual(['inserted']);
      expect(await partition.apply(change('updated', key, 1_999), change('deleted', key, 1_000), change('updated', key, 2_000, { id: low }))).toEqual(['stale', 'stale', 'stale']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: kept.guard, content: kept.content, isDeleted: false }]);
      const newer = change('updated', key, 2_000, { id: high });
      expect(await partition.apply(newer)).toEqual(['updated']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: newer.guard }]);
    });

    it('keeps a tombstone for one that it never saw, against what is older', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const remove = change('deleted', key, 2_000);
      expect(await partition.apply(remove)).toEqual(['deleted']);
      expect(await partition.apply(change('created', key, 1_000), change('updated', key, 1_999))).toEqual(['stale', 'stale']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ isDeleted: true, stateGuard: remove.guard, content: undefined }]);
      expect(await store.countEpisodes(tenantId)).toBe(0);
      expect(await partition.apply(change('updated', key, 2_001))).toEqual(['revived']);
      expect(await store.countEpisodes(tenantId)).toBe(1);
    });

    it('keeps the summary under a guard of its own', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const early = change('summarized', key, 3_000, { summary: 'first' });
      expect(await partition.apply(early)).toEqual(['summarized']);
      expect(await store.readRows(tenantId, [key])).toEqual([
        { key, stateGuard: undefined, isDeleted: false, content: undefined, summaryGuard: early.guard, summary: 'first' },
      ]);
      const create = change('created', key, 2_000, { summary: 'older than the first' });
      expect(await partition.apply(create)).toEqual(['inserted']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: create.guard, content: create.content, summaryGuard: early.guard, summary: 'first' }]);
      const update = change('updated', key, 4_000);
      expect(await partition.apply(update)).toEqual(['updated']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: update.guard, content: update.content, summaryGuard: early.guard, summary: 'first' }]);
      expect(await partition.apply(change('summarized', key, 2_999), change('updated', key, 3_500, { summary: 'of an old state' }))).toEqual(['stale', 'stale']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: update.guard, content: update.content, summaryGuard: early.guard, summary: 'first' }]);
    });

    it.each<[string, string | undefined, readonly SummaryStep[]]>([
      ['not that of a state that came too late', undefined, [['created', 10], ['updated', 5, 'stale']]],
      ['none when the newest state has none', undefined, [['created', 5, 'first'], ['updated', 7]]],
      ['none when the newest state has none, whichever came first', undefined, [['updated', 7], ['created', 5, 'first']]],
      ['what was summarized, through a newer state without one', 'told', [['created', 1, 'first'], ['summarized', 2, 'told'], ['updated', 3]]],
      ['what was summarized since the state, though the state has one', 'told', [['created', 1, 'first'], ['summarized', 2, 'told']]],
      ['that of a state which is newer than what was summarized', 'own', [['summarized', 2, 'told'], ['updated', 3, 'own']]],
      ['that of a state which is newer than what was summarized late', 'own', [['updated', 3, 'own'], ['summarized', 2, 'told']]],
      ['an empty one', '', [['created', 1, 'first'], ['summarized', 2, '']]],
      ['none of a deleted episode', undefined, [['created', 1, 'first'], ['summarized', 4, 'told'], ['deleted', 3]]],
      ['none from before a deletion, after the episode is revived', undefined, [['created', 1, 'first'], ['summarized', 2, 'told'], ['deleted', 3], ['updated', 4], ['summarized', 2, 'again']]],
      ['none from before a deletion that came late', undefined, [['created', 10], ['summarized', 4, 'old'], ['deleted', 5]]],
      ['none from before a deletion that came before it, and late', undefined, [['created', 10], ['deleted', 5], ['summarized', 4, 'old']]],
      ['that from after a deletion that came late', 'since', [['created', 10], ['summarized', 6, 'since'], ['deleted', 5]]],
      ['none while nothing but a summary is known', undefined, [['summarized', 1, 'told']]],
    ])('shows as the summary %s', async (_, shown, steps) => {
      const { tenantId, store, partition } = await begin();
      const [alone, together] = [newKey(tenantId), newKey(tenantId)];
      const of = (key: EpisodeKey): readonly EpisodeChange[] => steps.map(([kind, atUs, summary]) => change(kind, key, atUs, summary === undefined ? {} : { summary }));
      for (const one of of(alone)) await partition.apply(one);
      await partition.apply(...of(together));
      for (const key of [alone, together]) expect((await store.readRows(tenantId, [key])).map(visibleSummary)).toEqual([shown]);
    });

    it('writes what a deletion that came late does to older summaries, and calls it stale', async () => {
      const { tenantId, store, partition } = await begin();
      const [told, silent] = [newKey(tenantId), newKey(tenantId)];
      await partition.apply(change('created', told, 10), change('summarized', told, 4), change('created', silent, 10));
      const late = [told, silent].map((key) => change('deleted', key, 5));
      expect(await partition.apply(...late)).toEqual(['stale', 'stale']);
      expect(await rowsOf(store, tenantId, [told])).toMatchObject([{ stateGuard: { sourceTsUs: 10 }, isDeleted: false, summaryGuard: late[0].guard, summary: undefined }]);
      expect(await rowsOf(store, tenantId, [silent])).toMatchObject([{ stateGuard: { sourceTsUs: 10 }, isDeleted: false, summaryGuard: late[1].guard, summary: undefined }]);
      expect(await partition.apply(change('summarized', silent, 4), change('summarized', told, 6, { summary: 'since' }))).toEqual(['stale', 'summarized']);
      expect((await store.readRows(tenantId, [told])).map(visibleSummary)).toEqual(['since']);
    });

    it('does not bring a summary back that is older than the deletion', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      await partition.apply(change('created', key, 1_000, { summary: 'old' }), change('deleted', key, 2_000));
      expect(await partition.apply(change('summarized', key, 1_500))).toEqual(['stale']);
      expect(await partition.apply(change('created', key, 3_000))).toEqual(['revived']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ isDeleted: false, summary: undefined }]);
    });

    it('knows a repeated event by its id, in one batch, in the next and after a restart (I3)', async () => {
      const under = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(under.store, tenantId);
      const [key, other] = [newKey(tenantId), newKey(tenantId)];
      const create = change('created', key, 1_000);
      expect(await partition.apply(create, create)).toEqual(['inserted', 'duplicate']);
      expect(await partition.apply(create)).toEqual(['duplicate']);
      const forged = change('created', other, 9_000, { id: create.guard.eventId });
      expect(await partition.apply(forged)).toEqual(['duplicate']);
      const again = await stores.reopened(under);
      const later = await ProjectedPartition.claim(again.store, tenantId);
      expect(await later.apply(create)).toEqual(['duplicate']);
      expect(await again.store.readRows(tenantId, [key, other])).toMatchObject([{ stateGuard: create.guard }]);
    });

    it('remembers a stale event, too', async () => {
      const { tenantId, partition } = await begin();
      const key = newKey(tenantId);
      const old = change('updated', key, 1_000);
      expect(await partition.apply(change('created', key, 2_000), old, old)).toEqual(['inserted', 'stale', 'duplicate']);
      expect(await partition.apply(old)).toEqual(['duplicate']);
    });

    it('gives the outcomes of one batch as if each event came alone', async () => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const last = change('created', key, 5_000, { summary: 'end' });
      expect(await partition.apply(
        change('created', key, 2_000), change('updated', key, 1_000), change('deleted', key, 3_000), change('summarized', key, 2_500), fault(), change('updated', key, 4_000), last,
      )).toEqual(['inserted', 'stale', 'deleted', 'stale', undefined, 'revived', 'updated']);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: last.guard, content: { summary: 'end' }, isDeleted: false }]);
    });
  });

  describe('EpisodeStore.applyBatch() of values', () => {
    it.each([
      ['texts with quotes, backslashes and braces', { contentRef: `s3://b/"'\\{},%s$1`, tags: ['"', '\\', '{}', ',', 'NULL', 'null', '', ' '], summary: `'; DROP TABLE arqon.episode; --` }],
      ['every plane of Unicode', { contentRef: 's3://b/ä€𝄞', tags: ['日本', '😀', 'e\u0301', '\u{10ffff}'], summary: '\u200f\ufeff\u0007\r\n\t' }],
      ['one tag and none', { tags: ['one'] }],
      ['an empty summary', { summary: '' }],
      ['an embedding', { embeddingRef: 'vec://index/1' }],
      ['nested metadata', { metadataJson: '{"a":{"b":[1,2.5,-3,null,true,{"c":"d"}]},"bb":"","c":[]}' }],
      ['metadata whose keys are numbers or of several lengths', { metadataJson: '{"":0,"10":1,"9":2,"B":3,"a":4,"aa":5,"b":6,"é":7}' }],
      ['numbers of metadata at the ends of their range', { metadataJson: '{"a":0.1,"b":1e+21,"c":1.7976931348623157e+308,"d":5e-324,"e":9007199254740991,"f":-0.000001}' }],
      ['a key that objects have of their own', { metadataJson: '{"__proto__":1,"constructor":2}' }],
    ])('keeps %s', async (_, parts) => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const create = change('created', key, 1_000, parts);
      expect(await partition.apply(create)).toEqual(['inserted']);
      const [row] = await store.readRows(tenantId, [key]);
      expect(row.content).toEqual(create.content);
      expect(visibleSummary(row)).toBe(create.content?.summary);
    });

    it.each([0, 1, 999_999, 1_700_000_000_123_456, 9_007_199_254_740_991])('keeps the source time %s to the microsecond', async (atUs) => {
      const { tenantId, store, partition } = await begin();
      const key = newKey(tenantId);
      const create = change('created', key, atUs);
      await partition.apply(create);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ stateGuard: create.guard }]);
    });

    it('keeps the largest values that the contract allows', async () => {
      const { tenantId, store, partition } = await begin();
      const key = { ...newKey(tenantId), agentId: `a${'x'.repeat(127)}` };
      const create = change('created', key, 1_000, {
        contentRef: `s3://${'€'.repeat(680)}`, summary: 'ß'.repeat(4_096), tags: Array.from({ length: 64 }, (_, index) => `${String(index).padStart(2, '0')}${'t'.repeat(126)}`),
        metadataJson: JSON.stringify({ a: 'm'.repeat(16_000) }),
      });
      await partition.apply(create);
      expect(await store.readRows(tenantId, [key])).toMatchObject([{ key, content: create.content }]);
    });
  });

  describe('EpisodeStore.applyBatch() of many episodes', () => {
    it('applies a large batch, each episode in the order of its events', async () => {
      const { tenantId, store, partition } = await begin();
      const keys = Array.from({ length: 700 }, (_, index) => newKey(tenantId, `agent-${String(index % 7)}`));
      const changes: EpisodeChange[] = [1, 2, 3].flatMap((round) => keys.map((key) => change(round === 1 ? 'created' : 'updated', key, round * 1_000)));
      const outcomes = await partition.apply(...changes);
      expect(outcomes.slice(0, 700).every((outcome) => outcome === 'inserted')).toBe(true);
      expect(outcomes.slice(700).every((outcome) => outcome === 'updated')).toBe(true);
      expect(await store.countEpisodes(tenantId)).toBe(700);
      const rows = new Map((await store.readRows(tenantId, keys)).map((row) => [nameOf(row.key), row]));
      for (const last of changes.slice(1_400)) expect(rows.get(nameOf(last.key))?.stateGuard).toEqual(last.guard);
    });

    it('keeps episodes of the same id of several agents apart', async () => {
      const { tenantId, store, partition } = await begin();
      const first = newKey(tenantId, 'a');
      const keys = [first, { ...first, agentId: 'A' }, { ...first, agentId: 'a.b' }, { ...first, agentId: 'a-b' }];
      await partition.apply(...keys.map((key, index) => change('created', key, 1_000 + index)));
      expect((await rowsOf(store, tenantId, keys)).map((row) => row.stateGuard?.sourceTsUs).sort()).toEqual([1_000, 1_001, 1_002, 1_003]);
    });
  });

  describe('EpisodeStore.applyBatch() and the position', () => {
    it('moves it in the same transaction, and the next claim goes on there', async () => {
      const under = await stores.first();
      const tenantId = newTenantId();
      const partition = await ProjectedPartition.claim(under.store, tenantId, 3);
      expect(partition.claim).toMatchObject({ tenantId, partition: 3, position: undefined });
      await partition.apply(change('created', newKey(tenantId), 1_000), change('created', newKey(tenantId), 1_000));
      expect(await under.store.listPartitions(tenantId)).toEqual([{ partition: 3, instance: under.instance, position: { epoch: 7n, sequence: 2n } }]);
      const again = await stores.reopened(under);
      expect(await again.store.claimPartition(tenantId, 3)).toMatchObject({ position: { epoch: 7n, sequence: 2n } });
    });

    it('moves it without any event, too', async () => {
      const { tenantId, store, partition } = await begin();
      expect(await partition.applyEntries([], { epoch: 7n, sequence: 41n })).toEqual([]);
      expect(await partition.applyEntries([], { epoch: 8n, sequence: 1n })).toEqual([]);
      expect(await store.listPartitions(tenantId)).toMatchObject([{ position: { epoch: 8n, sequence: 1n } }]);
    });

    it('keeps positions of the whole range of 64 bits', async () => {
      const { tenantId, store, partition } = await begin();
      const upTo = { epoch: 0xffff_ffff_ffff_fffen, sequence: 0x8000_0000_0000_0001n };
      await partition.applyEntries([], upTo);
      expect(await store.listPartitions(tenantId)).toMatchObject([{ position: upTo }]);
      await partition.applyEntries([], { ...upTo, sequence: upTo.sequence + 1n });
    });

    it('keeps the partitions of a tenant apart', async () => {
      const { tenantId, store, partition } = await begin();
      const other = await ProjectedPartition.claim(store, tenantId, 1);
      await partition.apply(change('created', newKey(tenantId), 1_000));
      await other.applyEntries([], { epoch: 7n, sequence: 99n });
      expect((await store.listPartitions(tenantId)).map(({ partition: number, position }) => [number, position?.sequence])).toEqual([[0, 1n], [1, 99n]]);
    });
  });

  describe('EpisodeStore.readRows()', () => {
    it('leaves out what is not there, and takes no key at all', async () => {
      const { tenantId, store, partition } = await begin();
      const [key, missing] = [newKey(tenantId), newKey(tenantId)];
      await partition.apply(change('created', key, 1_000, { id: newEventId() }));
      expect((await store.readRows(tenantId, [missing, key])).map((row) => row.key)).toEqual([key]);
      expect(await store.readRows(tenantId, [])).toEqual([]);
    });
  });
}
