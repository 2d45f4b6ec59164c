import { projectChange, type EpisodeChange, type EpisodeChangeKind, type EpisodeContent, type EpisodeRow } from '@arqonbus/continuum';
import { EpisodeStoreError } from '@arqonbus/storage/episodes';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldOver, keysOf, writeOf } from './fold-changes.js';

const content: EpisodeContent = { contentRef: 'memory://content', summary: undefined, tags: ['a'], embeddingRef: undefined, metadataJson: '{}' };
const kinds: readonly EpisodeChangeKind[] = ['created', 'updated', 'deleted', 'summarized'];

function change(kind: EpisodeChangeKind, episodeId: string, at: number, summary?: string): EpisodeChange {
  const hasContent = kind === 'created' || kind === 'updated';
  return {
    kind, key: { tenantId: 'acme', agentId: 'agent', episodeId }, guard: { sourceTsUs: at, eventId: '018f0000-0000-7000-8000-000000000000' },
    content: hasContent ? { ...content, contentRef: `memory://${String(at)}`, summary } : undefined, summary: kind === 'summarized' ? (summary ?? 'summary') : undefined,
  };
}

const changes = fc.array(fc.record({ kind: fc.constantFrom(...kinds), episode: fc.constantFrom('E1', 'E2', 'E3'), at: fc.integer({ min: 1, max: 9 }), summary: fc.option(fc.string(), { nil: undefined }) })
  .map(({ kind, episode, at, summary }) => change(kind, episode, at, summary)), { maxLength: 12 });

describe('foldOver()', () => {
  it('gives with guards alone the outcomes and the writes that it gives with whole rows', () => {
    fc.assert(fc.property(changes, changes, (earlier, later) => {
      const all = keysOf('acme', [...earlier, ...later]);
      const first = foldOver(new Map(), { keys: all.keys, places: all.places.slice(0, earlier.length) }, earlier, 'live');
      const whole = new Map(first.after.flatMap((row, place) => (row === undefined ? [] : [[place, row] as const])));
      const guards = new Map([...whole].map(([place, row]) => [place, { ...row, content: row.content === undefined ? undefined : content, summary: undefined }]));
      const changed = { keys: all.keys, places: all.places.slice(earlier.length) };
      const withWhole = foldOver(whole, changed, later, 'live');
      const withGuards = foldOver(guards, changed, later, 'live');
      expect(withGuards.outcomes).toEqual(withWhole.outcomes);
      const writes = (before: ReadonlyMap<number, EpisodeRow>, after: readonly (EpisodeRow | undefined)[]): unknown[] => after.flatMap((row, place) => writeOf(before.get(place), row))
        .map(({ row, setsState, setsSummary }) => ({ key: row.key, state: setsState ? [row.stateGuard, row.isDeleted, row.content] : 'kept', summary: setsSummary ? [row.summaryGuard, row.summary] : 'kept' }));
      expect(writes(guards, withGuards.after)).toEqual(writes(whole, withWhole.after));
    }));
  });

  it('gives the outcomes of projectChange() one after the other, and leaves out what is skipped', () => {
    const events = [change('created', 'E1', 1), change('updated', 'E1', 3), change('updated', 'E1', 2), change('deleted', 'E1', 4)];
    const changed = keysOf('acme', events);
    expect(foldOver(new Map(), changed, events, 'live', (at) => at === 1).outcomes).toEqual(['inserted', 'duplicate', 'updated', 'deleted']);
    expect(foldOver(new Map(), changed, events, 'live').after[0]).toEqual(events.reduce<EpisodeRow | undefined>((row, event) => projectChange(row, event, 'live').row, undefined));
  });
});

describe('keysOf()', () => {
  it('gives each key once, in order, and the place of each change among them', () => {
    expect(keysOf('acme', [change('created', 'E2', 1), change('created', 'E1', 2), change('updated', 'E2', 3)])).toEqual({
      keys: [{ tenantId: 'acme', agentId: 'agent', episodeId: 'E1' }, { tenantId: 'acme', agentId: 'agent', episodeId: 'E2' }], places: [1, 0, 1],
    });
  });

  it('refuses a change of another tenant', () => {
    expect(() => keysOf('globex', [change('created', 'E1', 1)])).toThrow(EpisodeStoreError);
  });
});
