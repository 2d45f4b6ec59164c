import { isDeepStrictEqual } from 'node:util';
import type { EpisodeChange, EpisodeKey, EpisodeRow } from '@arqonbus/continuum';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackfillCounts, EpisodeStore } from './episode-store.js';
import {
  change, EpisodeStoresOfTest, nameOf, newEventId, newKey, newTenantId, ProjectedPartition, rowsOf, sortRows,
  type EpisodeStoreContractOptions, type MakeEpisodeStore,
} from './episode-store-under-test.contract.js';

/** An event before it has a tenant: which of a few episodes and times, so that many meet. */
interface Draft {
  readonly kind: EpisodeChange['kind'];
  readonly episode: number;
  readonly atUs: number;
  readonly summary: string | undefined;
  readonly tags: readonly string[];
}

const draft: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom('created', 'updated', 'updated', 'deleted', 'summarized'),
  episode: fc.nat(3),
  atUs: fc.integer({ min: 1, max: 6 }),
  summary: fc.option(fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'ß', '"') }), { nil: undefined }),
  tags: fc.uniqueArray(fc.constantFrom('x', 'y', '"', '\\'), { maxLength: 3 }),
});

const history = fc.record({
  drafts: fc.array(draft, { minLength: 1, maxLength: 24 }),
  /** Order of arrival, with repetitions: indices modulo the number of events. */
  arrivals: fc.array(fc.nat(1_000), { maxLength: 12 }),
  batchSizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 10 }),
  shuffles: fc.tuple(fc.integer(), fc.integer()),
});

/**
 * The rows that a set of events means, by the definition and not by any code of the projector: of all states the one with the greatest guard, and of all
 * summarized and deleted too, by (source time, bytes of the event id).
 */
export function modelRows(changes: readonly EpisodeChange[]): readonly EpisodeRow[] {
  const byKey = new Map<string, EpisodeChange[]>();
  for (const one of changes) byKey.set(nameOf(one.key), [...(byKey.get(nameOf(one.key)) ?? []), one]);
  return sortRows([...byKey.values()].map((all) => {
    const state = greatest(all.filter(({ kind }) => kind !== 'summarized'));
    const summary = greatest(all.filter(({ kind }) => kind === 'deleted' || kind === 'summarized'));
    return {
      key: all[0].key,
      stateGuard: state?.guard,
      isDeleted: state?.kind === 'deleted',
      content: state?.content,
      summaryGuard: summary?.guard,
      summary: summary?.kind === 'summarized' ? summary.summary : undefined,
    };
  }));
}

function greatest(changes: readonly EpisodeChange[]): EpisodeChange | undefined {
  const placed = changes.map((one) => ({ one, place: `${String(one.guard.sourceTsUs).padStart(20, '0')} ${one.guard.eventId}` }));
  return placed.sort((left, right) => (left.place < right.place ? 1 : -1))[0]?.one;
}

/** What a backfill counts for rows that were these and are those. */
function modelCounts(before: readonly EpisodeRow[], after: readonly EpisodeRow[], keys: ReadonlySet<string>): Partial<BackfillCounts> {
  const counts = { rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: 0 };
  const old = new Map(before.map((row) => [nameOf(row.key), row]));
  for (const row of after.filter(({ key }) => keys.has(nameOf(key)))) {
    const was = old.get(nameOf(row.key));
    if (isDeepStrictEqual(was, row)) counts.rowsUnchanged += 1;
    else if (row.isDeleted && was?.isDeleted !== true) counts.rowsDeleted += 1;
    else if (!row.isDeleted && (was === undefined || was.isDeleted)) counts.rowsInserted += 1;
    else counts.rowsUpdated += 1;
  }
  return counts;
}

function changesOf(drafts: readonly Draft[], keys: readonly EpisodeKey[]): readonly EpisodeChange[] {
  return drafts.map(({ kind, episode, atUs, summary, tags }) => {
    const text = kind === 'summarized' ? (summary ?? 's') : summary;
    return change(kind, keys[episode], atUs, { tags: [...tags].sort(), ...(text === undefined ? {} : { summary: text }) });
  });
}

function moved(changes: readonly EpisodeChange[], tenantId: string): readonly EpisodeChange[] {
  return changes.map((one) => ({ ...one, key: { ...one.key, tenantId } }));
}

/** The same events in an order of their own, by a seed. */
function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  let state = seed >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 0x1_0000_0000;
  };
  return items.map((item) => ({ item, at: next() })).sort((left, right) => left.at - right.at).map(({ item }) => item);
}

async function projectInBatches(store: EpisodeStore, tenantId: string, changes: readonly EpisodeChange[], sizes: readonly number[]): Promise<void> {
  const partition = await ProjectedPartition.claim(store, tenantId);
  let begin = 0;
  for (let round = 0; begin < changes.length; round++) {
    const size = sizes[round % sizes.length];
    await partition.apply(...changes.slice(begin, begin + size));
    begin += size;
  }
}

/** Random sets of events in random orders against an independent model (I3, I4). */
export function projectionModelContract(make: MakeEpisodeStore, options: EpisodeStoreContractOptions): void {
  const { randomHistoriesCount = 30, seed = 7, patienceMs = 20_000 } = options;
  const stores = new EpisodeStoresOfTest(make, options);
  const bound = { seed, numRuns: randomHistoriesCount, endOnFailure: true };

  describe('EpisodeStore and random histories', () => {
    it('leaves the rows that the set of events means, whatever their order, repetitions and batches', async () => {
      const { store } = await stores.first();
      await fc.assert(fc.asyncProperty(history, async ({ drafts, arrivals, batchSizes, shuffles }) => {
        const tenantIds = [newTenantId(), newTenantId()];
        const keys = [0, 1, 2, 3].map((index) => newKey(tenantIds[0], `agent-${String(index % 2)}`));
        const changes = changesOf(drafts, keys);
        for (const [index, tenantId] of tenantIds.entries()) {
          const own = moved(changes, tenantId);
          const all = shuffled([...own, ...arrivals.map((at) => own[at % own.length])], shuffles[index]);
          await projectInBatches(store, tenantId, all, batchSizes);
          const rows = await rowsOf(store, tenantId, keys.map((key) => ({ ...key, tenantId })));
          expect(rows).toEqual(modelRows(own));
          expect(await store.countEpisodes(tenantId)).toBe(modelRows(own).filter((row) => !row.isDeleted && row.stateGuard !== undefined).length);
        }
      }), bound);
    }, patienceMs * 6);

    it('leaves the same rows when a backfill comes between, and counts what it changed', async () => {
      const { store } = await stores.first();
      await fc.assert(fc.asyncProperty(history, fc.nat(100), async ({ drafts, batchSizes, shuffles }, share) => {
        const tenantId = newTenantId();
        const keys = [0, 1, 2, 3].map((index) => newKey(tenantId, `agent-${String(index % 2)}`));
        const all = shuffled(changesOf(drafts, keys), shuffles[0]);
        const live = all.slice(0, Math.round((all.length * share) / 100));
        await projectInBatches(store, tenantId, live, batchSizes);
        const before = await rowsOf(store, tenantId, keys);
        const counts = await backfillInBatches(store, tenantId, shuffled(all, shuffles[1]), batchSizes);
        expect(await rowsOf(store, tenantId, keys)).toEqual(modelRows(all));
        expect(counts).toMatchObject({ events: all.length, refused: 0, ...modelCounts(before, modelRows(all), new Set(all.map(({ key }) => nameOf(key)))) });
        const again = await backfillInBatches(store, tenantId, all, batchSizes);
        expect(await rowsOf(store, tenantId, keys)).toEqual(modelRows(all));
        expect(again).toMatchObject({ rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: modelRows(all).length });
      }), bound);
    }, patienceMs * 6);
  });
}

async function backfillInBatches(store: EpisodeStore, tenantId: string, changes: readonly EpisodeChange[], sizes: readonly number[]): Promise<BackfillCounts | undefined> {
  const { id } = await store.startBackfill({ id: newEventId(), tenantId, fromUs: 0, toUs: 10, agentId: '', isDryRun: false });
  let from: { epoch: bigint; sequence: bigint } | undefined;
  let begin = 0;
  let counts: BackfillCounts | undefined;
  for (let round = 0; begin < changes.length; round++) {
    const batch = changes.slice(begin, begin + sizes[round % sizes.length]);
    begin += batch.length;
    const upTo = { epoch: 1n, sequence: BigInt(begin) };
    counts = await store.applyBackfill({ tenantId, id, from }, { changes: batch, upTo, refused: 0 });
    from = upTo;
  }
  await store.endBackfill(tenantId, id, { ending: 'done' });
  return counts;
}
