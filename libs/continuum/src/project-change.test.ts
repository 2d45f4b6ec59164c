import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpisodeChange, EpisodeChangeKind, EpisodeRow, Guard } from './episode.js';
import { compareGuards, projectChange, sameRow, visibleSummary } from './project-change.js';

const key = { tenantId: 'acme', agentId: 'a1', episodeId: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };

function guardAt(sourceTsUs: number, id = 1): Guard {
  return { sourceTsUs, eventId: `00000000-0000-7000-8000-${id.toString(16).padStart(12, '0')}` };
}

function change(kind: EpisodeChangeKind, guard: Guard, summary?: string): EpisodeChange {
  const hasContent = kind === 'created' || kind === 'updated';
  const content = { contentRef: `s3://b/${guard.sourceTsUs}-${guard.eventId.slice(-4)}`, summary, tags: [kind], embeddingRef: undefined, metadataJson: '{}' };
  return { kind, key, guard, content: hasContent ? content : undefined, summary: kind === 'summarized' ? summary ?? `sum ${guard.sourceTsUs}` : undefined };
}

function project(changes: readonly EpisodeChange[], from?: EpisodeRow): EpisodeRow | undefined {
  return changes.reduce<EpisodeRow | undefined>((row, one) => projectChange(row, one, 'live').row, from);
}

function shown(changes: readonly EpisodeChange[]): string | undefined {
  const row = project(changes);
  return row === undefined ? undefined : visibleSummary(row);
}

function inOrder(changes: readonly EpisodeChange[]): readonly EpisodeChange[] {
  const place = (one: EpisodeChange): string => `${String(one.guard.sourceTsUs).padStart(16, '0')} ${one.guard.eventId}`;
  return [...changes].sort((left, right) => (place(left) < place(right) ? -1 : 1));
}

/** The rule as the contract says it: of each register the event with the greatest guard, found by sorting the whole set. */
function modelOf(changes: readonly EpisodeChange[]): EpisodeRow | undefined {
  if (changes.length === 0) return undefined;
  const sorted = inOrder(changes);
  const state = sorted.findLast((one) => one.kind !== 'summarized');
  const summary = sorted.findLast((one) => one.kind === 'summarized' || one.kind === 'deleted');
  return {
    key, stateGuard: state?.guard, isDeleted: state?.kind === 'deleted', content: state?.content, summaryGuard: summary?.guard, summary: summary?.summary,
  };
}

/** What readers see, told as a story of the sorted set: the newest state, and what was summarized since it or, where it is silent, since the last deletion. */
function storyOf(changes: readonly EpisodeChange[]): string | undefined {
  let state: EpisodeChange | undefined;
  let sinceDeletion: string | undefined;
  let shownNow: string | undefined;
  for (const one of inOrder(changes)) {
    if (one.kind === 'summarized') sinceDeletion = shownNow = one.summary;
    else {
      state = one;
      if (one.kind === 'deleted') sinceDeletion = undefined;
      shownNow = one.content?.summary ?? sinceDeletion;
    }
  }
  return state?.content === undefined ? undefined : shownNow;
}

/** Guards collide in time and in id, never in both. */
const someChanges = (maxLength: number): fc.Arbitrary<EpisodeChange[]> => fc.uniqueArray(
  fc.record({
    kind: fc.constantFrom<EpisodeChangeKind>('created', 'updated', 'deleted', 'summarized'),
    time: fc.integer({ min: 1, max: 4 }),
    id: fc.integer({ min: 1, max: 4 }),
    summary: fc.option(fc.constantFrom('', 'short', 'longer'), { nil: undefined }),
  }),
  { maxLength, selector: ({ time, id }) => `${time}/${id}` },
).map((drawn) => drawn.map(({ kind, time, id, summary }) => change(kind, guardAt(time, id), kind === 'deleted' ? undefined : summary)));

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]));
}

describe('compareGuards()', () => {
  it('orders by time and then by the bytes of the id', () => {
    expect(compareGuards(guardAt(1, 9), guardAt(2, 1))).toBeLessThan(0);
    expect(compareGuards(guardAt(2, 1), guardAt(1, 9))).toBeGreaterThan(0);
    expect(compareGuards(guardAt(1, 0xff), guardAt(1, 0x100))).toBeLessThan(0);
    expect(compareGuards(guardAt(1, 0x100), guardAt(1, 0xff))).toBeGreaterThan(0);
    expect(compareGuards(guardAt(1, 5), guardAt(1, 5))).toBe(0);
  });
});

describe('projectChange()', () => {
  it('leaves the row that the rule gives, in every order (I4)', () => {
    fc.assert(fc.property(someChanges(5), (changes) => {
      const expected = modelOf(changes);
      for (const order of permutations(changes)) expect(project(order)).toEqual(expected);
    }), { seed: 6, numRuns: 400 });
  });

  it('leaves it whatever is repeated, wherever (I3)', () => {
    const withRepetitions = someChanges(8).chain((changes) => fc.tuple(
      fc.constant(changes),
      changes.length === 0 ? fc.constant([]) : fc.array(fc.constantFrom(...changes), { maxLength: 8 }).chain((more) => fc.shuffledSubarray([...changes, ...more], { minLength: changes.length + more.length })),
    ));
    fc.assert(fc.property(withRepetitions, ([changes, order]) => {
      expect(project(order)).toEqual(modelOf(changes));
      const row = project(changes);
      expect(project(order, row)).toBe(row);
    }), { seed: 7, numRuns: 2_000 });
  });

  it('changes nothing when it says stale, but that a deleted may clear the summary, and something whenever it says otherwise', () => {
    fc.assert(fc.property(someChanges(8), someChanges(3), (before, after) => {
      let row = project(before);
      for (const one of after) {
        const { row: next, outcome } = projectChange(row, one, 'live');
        expect(sameRow(next, row)).toBe(next === row);
        if (one.kind !== 'deleted') expect(next === row).toBe(outcome === 'stale');
        else if (outcome === 'stale') expect(next).toEqual({ ...row, summaryGuard: next?.summaryGuard, summary: next?.summary });
        else expect(next).not.toBe(row);
        row = next;
      }
    }), { seed: 8, numRuns: 2_000 });
  });

  it('gives the same row when a backfill applies the whole set again, from anywhere', () => {
    fc.assert(fc.property(someChanges(8), (changes) => {
      const row = project(changes);
      const again = changes.reduce((current, one) => projectChange(current, one, 'backfill').row, row);
      expect(sameRow(again, row)).toBe(true);
      expect(again).toEqual(row);
    }), { seed: 9, numRuns: 1_000 });
  });

  it('says what became of the row', () => {
    const outcomes = (changes: readonly EpisodeChange[]): string[] => {
      let row: EpisodeRow | undefined;
      return changes.map((one) => {
        const projection = projectChange(row, one, 'live');
        row = projection.row;
        return projection.outcome;
      });
    };
    expect(outcomes([change('created', guardAt(1)), change('updated', guardAt(2)), change('deleted', guardAt(3)), change('created', guardAt(4))]))
      .toEqual(['inserted', 'updated', 'deleted', 'revived']);
    expect(outcomes([change('updated', guardAt(2)), change('created', guardAt(1)), change('updated', guardAt(2))])).toEqual(['inserted', 'stale', 'stale']);
    expect(outcomes([change('deleted', guardAt(2)), change('created', guardAt(1)), change('updated', guardAt(3))])).toEqual(['deleted', 'stale', 'revived']);
    expect(outcomes([change('summarized', guardAt(2)), change('created', guardAt(1), 'old'), change('summarized', guardAt(1, 2))])).toEqual(['summarized', 'inserted', 'stale']);
    expect(outcomes([change('updated', guardAt(3)), change('created', guardAt(2), 'old'), change('summarized', guardAt(1)), change('deleted', guardAt(2, 2))]))
      .toEqual(['inserted', 'stale', 'summarized', 'stale']);
  });

  it('shows the summary that the story of the events tells, in every order', () => {
    fc.assert(fc.property(someChanges(5), (changes) => {
      const expected = storyOf(changes);
      for (const order of permutations(changes)) expect(shown(order)).toBe(expected);
    }), { seed: 12, numRuns: 400 });
  });

  it('shows no summary of a stale event, and none that the newest state left out', () => {
    expect(shown([change('created', guardAt(10)), change('updated', guardAt(5), 'stale')])).toBeUndefined();
    expect(shown([change('created', guardAt(5), 'first'), change('updated', guardAt(7))])).toBeUndefined();
    expect(shown([change('updated', guardAt(7)), change('created', guardAt(5), 'first')])).toBeUndefined();
  });

  it('shows the newer of a summary in the state and one that was summarized', () => {
    const created = change('created', guardAt(1), 'of the state');
    expect(shown([created])).toBe('of the state');
    expect(shown([created, change('summarized', guardAt(2), 'told')])).toBe('told');
    expect(shown([created, change('summarized', guardAt(2), 'told'), change('updated', guardAt(3), 'again')])).toBe('again');
    expect(shown([change('updated', guardAt(3), 'again'), change('summarized', guardAt(2), 'told')])).toBe('again');
    expect(shown([created, change('summarized', guardAt(2), '')])).toBe('');
    expect(shown([change('summarized', guardAt(2), 'told'), change('updated', guardAt(3), '')])).toBe('');
  });

  it('lets a deletion that comes late clear the summaries before it and hold off those to come', () => {
    const [created, deleted] = [change('created', guardAt(10)), change('deleted', guardAt(5))];
    const row = project([created, change('summarized', guardAt(4), 'old')]);
    const late = projectChange(row, deleted, 'live');
    expect(late.outcome).toBe('stale');
    expect(late.row).toEqual({ ...row, summaryGuard: guardAt(5), summary: undefined });
    expect(projectChange(project([created, deleted]), change('summarized', guardAt(4), 'old'), 'live').outcome).toBe('stale');
    expect(shown([created, deleted, change('summarized', guardAt(6), 'since')])).toBe('since');
  });

  it('keeps the summary through an update without one, and drops it with the episode', () => {
    const told = [change('created', guardAt(1)), change('summarized', guardAt(2), 'short'), change('updated', guardAt(3))];
    expect(project(told)).toMatchObject({ summary: 'short', content: { tags: ['updated'] } });
    expect(shown(told)).toBe('short');
    const deleted = project([...told, change('deleted', guardAt(4))]);
    expect(deleted).toMatchObject({ isDeleted: true, summary: undefined, content: undefined });
    expect(project([change('created', guardAt(5))], deleted)).toMatchObject({ isDeleted: false, summary: undefined });
  });

  it('lets a summary wait for the episode that it came before', () => {
    const early = project([change('summarized', guardAt(2), 'short')]);
    expect(early).toMatchObject({ stateGuard: undefined, isDeleted: false, content: undefined, summary: 'short' });
    expect(shown([change('summarized', guardAt(2), 'short')])).toBeUndefined();
    expect(project([change('created', guardAt(1))], early)).toMatchObject({ summary: 'short', stateGuard: guardAt(1) });
  });

  it('writes a row of the same guard anew in a backfill alone, and sameRow tells whether that mattered', () => {
    const written = change('created', guardAt(1), 'short');
    const row = project([written]);
    const wrong: EpisodeRow = { key, stateGuard: guardAt(1), isDeleted: false, content: undefined, summaryGuard: undefined, summary: undefined };
    expect(projectChange(wrong, written, 'live')).toEqual({ row: wrong, outcome: 'stale' });
    const mended = projectChange(wrong, written, 'backfill');
    expect(mended).toEqual({ row, outcome: 'updated' });
    expect(sameRow(wrong, mended.row)).toBe(false);
    expect(sameRow(row, projectChange(row, written, 'backfill').row)).toBe(true);
    expect(projectChange(row, change('updated', guardAt(0)), 'backfill')).toEqual({ row, outcome: 'stale' });
  });

  it('projects more than 50,000 changes a second', () => {
    const changes = Array.from({ length: 1_000 }, (_, at) => change(at % 3 === 0 ? 'summarized' : 'updated', guardAt(at % 500, at)));
    project(changes);
    const start = performance.now();
    for (let round = 0; round < 50; round++) project(changes);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('sameRow()', () => {
  const row: EpisodeRow = {
    key, stateGuard: guardAt(1), isDeleted: false, summaryGuard: guardAt(2), summary: 'short',
    content: { contentRef: 's3://b/1', summary: 'own', tags: ['a', 'b'], embeddingRef: 'vec://1', metadataJson: '{"a":1}' },
  };

  it('compares everything that a row holds', () => {
    expect(sameRow(row, structuredClone(row))).toBe(true);
    expect(sameRow(undefined, undefined)).toBe(true);
    const content = { contentRef: 's3://b/1', summary: 'own', tags: ['a', 'b'], embeddingRef: 'vec://1', metadataJson: '{"a":1}' };
    const others: (EpisodeRow | undefined)[] = [
      undefined, { ...row, stateGuard: guardAt(1, 2) }, { ...row, stateGuard: undefined }, { ...row, isDeleted: true }, { ...row, summaryGuard: undefined },
      { ...row, summary: undefined }, { ...row, content: undefined }, { ...row, content: { ...content, contentRef: 's3://b/2' } },
      { ...row, content: { ...content, summary: undefined } },
      { ...row, content: { ...content, tags: ['a'] } }, { ...row, content: { ...content, tags: ['a', 'c'] } },
      { ...row, content: { ...content, embeddingRef: undefined } }, { ...row, content: { ...content, metadataJson: '{}' } },
    ];
    for (const other of others) {
      expect(sameRow(row, other)).toBe(false);
      expect(sameRow(other, row)).toBe(false);
    }
  });
});
