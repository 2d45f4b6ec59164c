import { projectChange, type EpisodeChange, type EpisodeChangeKind, type EpisodeKey, type EpisodeRow } from '@arqonbus/continuum';
import { effectBetween, type RowEffect } from '@arqonbus/storage/episodes';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DryRun } from './dry-run.js';

const keyOf = (episode: number): EpisodeKey => ({ tenantId: 'acme', agentId: 'a1', episodeId: `01ARZ3NDEKTSV4RRFFQ69G5FA${String(episode)}` });

const someChange = fc.record({
  kind: fc.constantFrom<EpisodeChangeKind>('created', 'updated', 'deleted', 'summarized'), episode: fc.integer({ min: 0, max: 3 }), time: fc.integer({ min: 1, max: 4 }),
  id: fc.integer({ min: 1, max: 2 }), summary: fc.option(fc.constantFrom('', 'short'), { nil: undefined }),
}).map(({ kind, episode, time, id, summary }): EpisodeChange => {
  const content = { contentRef: 's3://b/1', summary, tags: [kind], embeddingRef: undefined, metadataJson: '{}' };
  return {
    kind, key: keyOf(episode), guard: { sourceTsUs: time, eventId: `00000000-0000-7000-8000-00000000000${String(id)}` },
    content: kind === 'created' || kind === 'updated' ? content : undefined, summary: kind === 'summarized' ? summary ?? 'made' : undefined,
  };
});

/** Rows in memory, read as the store reads them. */
class Rows {
  private readonly rows = new Map<string, EpisodeRow>();

  apply(changes: readonly EpisodeChange[]): { readonly stale: number } {
    let stale = 0;
    for (const change of changes) {
      const { row, outcome } = projectChange(this.rows.get(change.key.episodeId), change, 'backfill');
      if (outcome === 'stale') stale += 1;
      if (row !== undefined) this.rows.set(change.key.episodeId, row);
    }
    return { stale };
  }

  get(key: EpisodeKey): EpisodeRow | undefined {
    return this.rows.get(key.episodeId);
  }

  readRows(_tenantId: string, keys: readonly EpisodeKey[]): Promise<readonly EpisodeRow[]> {
    return Promise.resolve(keys.flatMap((key) => this.get(key) ?? []));
  }
}

function entriesOf(changes: readonly (EpisodeChange | undefined)[]): { position: { epoch: bigint; sequence: bigint }; change: EpisodeChange | undefined }[] {
  return changes.map((change, index) => ({ position: { epoch: 1n, sequence: BigInt(index + 1) }, change }));
}

describe('DryRun', () => {
  it('counts what applying the same events does to the rows', async () => {
    await fc.assert(fc.asyncProperty(fc.array(someChange, { maxLength: 12 }), fc.array(fc.array(someChange, { maxLength: 8 }), { maxLength: 4 }), async (before, parts) => {
      const rows = new Rows();
      rows.apply(before);
      const run = new DryRun(rows, 'acme');
      for (const part of parts) await run.take(entriesOf(part));
      const touched = [0, 1, 2, 3].map(keyOf).filter(({ episodeId }) => parts.flat().some(({ key }) => key.episodeId === episodeId));
      const first = touched.map((key) => rows.get(key));
      const { stale } = rows.apply(parts.flat());
      const effects = touched.map((key, index) => effectBetween(first[index], rows.get(key)));
      const count = (effect: RowEffect): number => effects.filter((one) => one === effect).length;
      expect(run.counts()).toEqual({
        events: parts.flat().length, stale, refused: 0,
        rowsInserted: count('inserted'), rowsUpdated: count('updated'), rowsDeleted: count('deleted'), rowsUnchanged: count('unchanged'),
      });
    }));
  });

  it('counts refused events, which touch no row', async () => {
    const run = new DryRun(new Rows(), 'acme');
    await run.take(entriesOf([undefined, undefined]));
    expect(run.counts()).toMatchObject({ events: 2, refused: 2, rowsInserted: 0, rowsUnchanged: 0 });
  });

  it('refuses more rows than it may keep', async () => {
    const run = new DryRun(new Rows(), 'acme', 2);
    const changeOf = (episode: number): EpisodeChange => ({ ...fc.sample(someChange, { numRuns: 1, seed: 1 })[0], key: keyOf(episode) });
    await run.take(entriesOf([changeOf(0), changeOf(1), changeOf(0)]));
    await expect(run.take(entriesOf([changeOf(2)]))).rejects.toMatchObject({ code: 'LIMIT', field: 'dry_run' });
    expect(run.counts().events).toBe(3);
  });
});
