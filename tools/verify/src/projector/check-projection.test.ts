import { SeededRandom } from '@arqonbus/e2e';
import { describe, expect, it } from 'vitest';
import { checkProjection, type ProjectionVerdict } from './check-projection.js';
import { keyText } from './episode-fact.js';
import { EpisodeModel, isVisible, visibleSummary } from './episode-model.js';
import { planWorkload, tenants } from './plan-workload.js';
import { poisonCanary } from './poison.js';
import type { DeadLetter, JournalEntry, PublishedEvent, RecordedProjection, TableRow } from './recorded-projection.js';

const published: readonly PublishedEvent[] = planWorkload(1_000, new SeededRandom(5)).map((planned, index) => (
  { planned, sender: `producer-${String(planned.producer + 1)}`, epoch: 7n, sequence: BigInt(index + 1) }));

/** A run after which everything is as it must be. */
function rightRun(): RecordedProjection {
  const model = new EpisodeModel();
  const journal: JournalEntry[] = [];
  for (const { planned: { fact } } of published) {
    if (fact === undefined) continue;
    const key = keyText(fact);
    const before = model.allRows.get(key)?.state;
    model.apply(fact);
    const after = model.allRows.get(key)?.state;
    if (after !== before) journal.push({ key, register: 'state', before, after });
  }
  const rows = [...model.allRows.values()].map(({ tenant, agent, episode, state, summary }): TableRow => {
    const { contentRef, summary: own, tags = [], embeddingRef, metadata } = state?.content ?? {};
    return { tenant, agent, episode, state, isDeleted: state?.isDeleted ?? false, content: { contentRef, summary: own, tags, embeddingRef, metadata }, summaryStamp: summary, summary: summary?.text };
  });
  const deadLetters = published.filter(({ planned }) => planned.kind === 'poison').map(({ planned, sender, epoch, sequence }, index): DeadLetter => ({
    tenant: planned.tenant, id: `letter-${String(index)}`, epoch, sequence, type: planned.type, payload: planned.payload, sender, errorCode: 'EPISODE_MALFORMED', reason: 'not right',
    tries: 1, firstFailureUs: 1, lastFailureUs: 1,
  }));
  const visible = [...model.allRows.values()].filter(isVisible);
  return {
    published, rows, deadLetters, announced: deadLetters, journal, failures: [], logs: '', metrics: '',
    marks: tenants.flatMap((tenant) => [...model.factsOf(tenant).keys()].map((eventId) => ({ tenant, eventId }))),
    readers: tenants.map((tenant) => ({ tenant, summaries: new Map(visible.filter((row) => row.tenant === tenant).map((row) => [keyText(row), visibleSummary(row)])), tenantsInTable: [tenant] })),
  };
}

function judged(changes: Partial<RecordedProjection>): ProjectionVerdict {
  return checkProjection({ ...rightRun(), ...changes });
}

const right = rightRun();
const poisonCount = right.deadLetters.length;
const live = right.rows.findIndex(({ state, isDeleted }) => state !== undefined && !isDeleted);

function withRow(change: (row: TableRow) => TableRow): Partial<RecordedProjection> {
  return { rows: right.rows.map((row, index) => (index === live ? change(row) : row)) };
}

function withLetter(change: (letter: DeadLetter) => readonly DeadLetter[]): readonly DeadLetter[] {
  return right.deadLetters.flatMap((letter, index) => (index === 0 ? change(letter) : [letter]));
}

describe('checkProjection()', () => {
  it('finds nothing wrong with a run in which everything is right, repetitions in the topic included', () => {
    const verdict = judged({ announced: [...right.announced, ...right.announced] });
    expect(verdict.violations.byKind()).toEqual({});
    expect(verdict).toMatchObject({ lostCount: 0, duplicatedCount: 0, staleAppliedCount: 0, poisonCount, poisonInDlqCount: poisonCount, isRowsEqual: true });
    expect(poisonCount).toBe(10);
  });

  it('lets a tombstone hide its summary, and hold none', () => {
    const hidden = right.rows.map((row) => (row.isDeleted ? { ...row, summary: undefined } : row));
    expect(judged({ rows: hidden }).violations.isEmpty).toBe(true);
  });

  it.each<[string, string, Partial<RecordedProjection>, object]>([
    ['a row that is not there', 'row_missing', { rows: right.rows.slice(1) }, { isRowsEqual: false }],
    ['a row too many', 'row_phantom', { rows: [...right.rows, { ...right.rows[0], episode: 'X' }] }, { isRowsEqual: false }],
    ['a row twice', 'row_doubled', { rows: [...right.rows, right.rows[0]] }, { isRowsEqual: false, duplicatedCount: 1 }],
    ['a value of an older event', 'stale_applied', withRow((row) => ({ ...row, state: { tsUs: (row.state?.tsUs ?? 0) - 1, eventId: row.state?.eventId ?? '' } })), { isRowsEqual: false, staleAppliedCount: 1, lostCount: 1 }],
    ['other content', 'row_differs', withRow((row) => ({ ...row, content: { ...row.content, contentRef: 's3://other' } })), { isRowsEqual: false }],
    ['other metadata', 'row_differs', withRow((row) => ({ ...row, content: { ...row.content, metadata: { other: 1 } } })), { isRowsEqual: false }],
    ['another summary', 'row_differs', withRow((row) => ({ ...row, summary: 'other' })), { isRowsEqual: false }],
    ['a tombstone of what lives', 'row_differs', withRow((row) => ({ ...row, isDeleted: true })), { isRowsEqual: false }],
    ['an event without a mark', 'event_lost', { marks: right.marks.slice(1) }, { lostCount: 1 }],
    ['a mark twice', 'mark_doubled', { marks: [...right.marks, right.marks[0]] }, { duplicatedCount: 1 }],
    ['a mark of nothing', 'mark_phantom', { marks: [...right.marks, { tenant: 'acme', eventId: 'x' }] }, {}],
    ['a write that went back', 'stale_applied', { journal: [...right.journal, { ...right.journal[0], before: right.journal[0].after, after: { tsUs: 1, eventId: 'x' } }] }, { staleAppliedCount: 1 }],
    ['an event that was applied twice', 'event_applied_twice', { journal: [...right.journal, right.journal[0]] }, { duplicatedCount: 1 }],
    ['a dead letter that is not there', 'dead_letter_missing', { deadLetters: withLetter(() => []) }, { poisonInDlqCount: poisonCount - 1 }],
    ['a dead letter twice', 'dead_letter_doubled', { deadLetters: withLetter((letter) => [letter, { ...letter, id: 'again' }]) }, { duplicatedCount: 1, poisonInDlqCount: poisonCount - 1 }],
    ['a dead letter with other bytes', 'dead_letter_differs', { deadLetters: withLetter((letter) => [{ ...letter, payload: new Uint8Array(1) }]) }, { poisonInDlqCount: poisonCount - 1 }],
    ['a dead letter that the topic has not', 'dead_letter_unannounced', { announced: right.announced.slice(1) }, { poisonInDlqCount: poisonCount - 1 }],
    ['other bytes in the topic', 'dead_letter_differs', { announced: withLetter((letter) => [{ ...letter, payload: new Uint8Array(1) }]) }, { poisonInDlqCount: poisonCount - 1 }],
    ['a dead letter of a good event', 'dead_letter_phantom', { deadLetters: [...right.deadLetters, { ...right.deadLetters[0], sequence: 9_999n, id: 'good' }] }, {}],
    ['a dead letter that the table has not', 'announced_phantom', { announced: [...right.announced, { ...right.announced[0], id: 'unknown' }] }, {}],
    ['a reader that sees another tenant', 'reader_sees_other', { readers: right.readers.map((reader) => ({ ...reader, tenantsInTable: [...tenants] })) }, {}],
    ['a reader that sees too little', 'reader_misses', { readers: right.readers.map((reader) => ({ ...reader, summaries: new Map([...reader.summaries].slice(1)) })) }, {}],
    ['a reader that sees another summary', 'row_differs', { readers: right.readers.map((reader) => ({ ...reader, summaries: new Map([...reader.summaries.keys()].map((key) => [key, 'other'])) })) }, { isRowsEqual: false }],
    ['other summary of a state', 'row_differs', withRow((row) => ({ ...row, content: { ...row.content, summary: 'other' } })), { isRowsEqual: false }],
    ['content in a log', 'content_told', { logs: `refused: ${poisonCanary}` }, {}],
    ['content in a reason', 'content_told', { deadLetters: withLetter((letter) => [{ ...letter, reason: poisonCanary }]) }, {}],
    ['a tenant in metrics', 'tenant_in_metrics', { metrics: 'arqon_projector_lag{tenant="acme"} 1' }, {}],
    ['what did not catch up', 'failed', { failures: ['acme is not caught up'] }, {}],
    ['a run that published nothing', 'nothing_published', { published: [] }, {}],
  ])('finds %s', (_, kind, changes, counts) => {
    const verdict = judged(changes);
    expect(verdict.violations.isEmpty).toBe(false);
    expect(verdict.violations.byKind()).toHaveProperty(kind);
    expect(verdict).toMatchObject(counts);
  });
});

describe('EpisodeModel', () => {
  it('comes to the same rows whatever the order, and however often each fact comes', () => {
    const facts = published.flatMap(({ planned: { fact } }) => (fact === undefined ? [] : [fact]));
    const rowsOf = (ordered: typeof facts): unknown => {
      const model = new EpisodeModel();
      for (const fact of ordered) model.apply(fact);
      return Object.fromEntries([...model.allRows.keys()].sort().map((key) => [key, model.allRows.get(key)]));
    };
    expect(rowsOf([...facts].reverse())).toEqual(rowsOf(facts));
    expect(rowsOf([...facts, ...facts])).toEqual(rowsOf(facts));
  });
});
