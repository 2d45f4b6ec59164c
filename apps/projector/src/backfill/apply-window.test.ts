import { EpisodeStoreError, type EpisodeStore } from '@arqonbus/storage/episodes';
import type { EpisodeChange } from '@arqonbus/continuum';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPart } from './apply-window.js';
import type { WindowEntry } from './window-entries.js';

const job = { tenantId: 'acme', id: '0192aaaa-0000-7000-8000-00000000000f' };

function changeAt(sequence: number): EpisodeChange {
  return {
    kind: 'deleted', key: { tenantId: 'acme', agentId: 'a1', episodeId: String(sequence) }, guard: { sourceTsUs: sequence, eventId: '' }, content: undefined, summary: undefined,
  };
}

/** Applies batches as the store does: whole or not at all, each where the one before ended. */
class Batches implements Pick<EpisodeStore, 'applyBackfill'> {
  readonly applied: string[] = [];
  refused = 0;
  at: bigint | undefined;

  constructor(private readonly poison: ReadonlySet<string>) {}

  applyBackfill(from: Parameters<EpisodeStore['applyBackfill']>[0], batch: Parameters<EpisodeStore['applyBackfill']>[1]): ReturnType<EpisodeStore['applyBackfill']> {
    if (from.from?.sequence !== this.at) return Promise.reject(new EpisodeStoreError('position_moved', 'moved'));
    const ids = batch.changes.map(({ key }) => key.episodeId);
    if (ids.some((id) => this.poison.has(id))) return Promise.reject(new EpisodeStoreError('data', 'refused'));
    this.applied.push(...ids);
    this.refused += batch.refused;
    this.at = batch.upTo.sequence;
    return Promise.resolve({ events: 0, stale: 0, refused: 0, rowsInserted: 0, rowsUpdated: 0, rowsDeleted: 0, rowsUnchanged: 0 });
  }
}

describe('applyPart()', () => {
  it('applies all but what is refused, in order, and moves to the end of the part', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.constantFrom('good', 'poison', 'unreadable'), { minLength: 1, maxLength: 40 }), async (drawn) => {
      const entries = drawn.map((kind, index): WindowEntry => ({ position: { epoch: 1n, sequence: BigInt(index + 1) }, change: kind === 'unreadable' ? undefined : changeAt(index + 1) }));
      const sequencesOf = (kind: string): string[] => drawn.flatMap((one, index) => (one === kind ? [String(index + 1)] : []));
      const batches = new Batches(new Set(sequencesOf('poison')));
      const upTo = { epoch: 1n, sequence: BigInt(drawn.length + 5) };
      await applyPart(batches, job, { from: undefined, entries, upTo });
      expect(batches.applied).toEqual(sequencesOf('good'));
      expect(batches.refused).toBe(drawn.length - batches.applied.length);
      expect(batches.at).toBe(upTo.sequence);
    }));
  });

  it('rejects with what is no fault of an event', async () => {
    const batches = new Batches(new Set());
    batches.at = 7n;
    await expect(applyPart(batches, job, { from: undefined, entries: [], upTo: { epoch: 1n, sequence: 9n } })).rejects.toMatchObject({ failure: 'position_moved' });
  });
});
