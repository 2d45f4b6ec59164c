import { isDeepStrictEqual } from 'node:util';
import { Violations } from '../violation.js';
import { checkReaders } from './check-readers.js';
import { checkPoison } from './check-poison.js';
import { compareStamps, keyText, type EpisodeFact, type Stamp } from './episode-fact.js';
import { EpisodeModel, type ModelRow } from './episode-model.js';
import type { ProjectionReport, ProjectionViolation } from './projection-violation.js';
import type { JournalEntry, RecordedProjection, TableRow } from './recorded-projection.js';

export interface ProjectionVerdict {
  readonly lostCount: number;
  readonly duplicatedCount: number;
  readonly staleAppliedCount: number;
  readonly poisonCount: number;
  /** Poison that is once in the table and at least once in the topic, with its original bytes. */
  readonly poisonInDlqCount: number;
  readonly isRowsEqual: boolean;
  readonly rowsCount: number;
  readonly violations: Violations<ProjectionViolation>;
}

const lostKinds = ['event_lost', 'row_lost_event'] as const;
const duplicatedKinds = ['event_applied_twice', 'row_doubled', 'mark_doubled', 'dead_letter_doubled'] as const;
const rowKinds = ['row_missing', 'row_lost_event', 'row_differs', 'row_doubled', 'row_phantom'] as const;

/** Judges a run by what was published alone: rows, marks, dead letters, every write that moved a row, and what each tenant's role sees. */
export function checkProjection(run: RecordedProjection): ProjectionVerdict {
  const violations = new Violations<ProjectionViolation>();
  const { report } = violations;
  const model = new EpisodeModel();
  for (const { planned } of run.published) if (planned.fact !== undefined) model.apply(planned.fact);
  if (run.published.length === 0) report('nothing_published', 'no event was published');
  for (const failure of run.failures) report('failed', failure);
  checkMarks(run, model, report);
  checkRows(run, model, report);
  checkJournal(run.journal, report);
  const poisonInDlqCount = checkPoison(run, report);
  checkReaders(run, model, report);
  return {
    lostCount: violations.count(...lostKinds),
    duplicatedCount: violations.count(...duplicatedKinds),
    staleAppliedCount: violations.count('stale_applied'),
    poisonCount: run.published.filter(({ planned }) => planned.kind === 'poison').length,
    poisonInDlqCount,
    isRowsEqual: violations.count(...rowKinds) === 0,
    rowsCount: run.rows.length,
    violations,
  };
}

/** Every valid event has one mark, and nothing else has. */
function checkMarks({ marks }: RecordedProjection, model: EpisodeModel, report: ProjectionReport): void {
  const seen = new Set<string>();
  for (const { tenant, eventId } of marks) {
    const key = `${tenant} ${eventId}`;
    if (seen.has(key)) report('mark_doubled', `${key} has two marks`, key);
    seen.add(key);
    if (!model.factsOf(tenant).has(eventId)) report('mark_phantom', `${key} has a mark, and no valid event has this id`);
  }
  const tenants = new Set([...model.allRows.values()].map(({ tenant }) => tenant));
  for (const tenant of tenants) {
    for (const [eventId, fact] of model.factsOf(tenant)) {
      if (!seen.has(`${tenant} ${eventId}`)) report('event_lost', `${eventId}, ${fact.kind} of ${keyText(fact)}, has no mark: it was never projected`);
    }
  }
}

function checkRows({ rows }: RecordedProjection, model: EpisodeModel, report: ProjectionReport): void {
  const found = new Map<string, TableRow>();
  for (const row of rows) {
    const key = keyText(row);
    if (found.has(key)) report('row_doubled', `${key} has two rows`);
    found.set(key, row);
    if (!model.allRows.has(key)) report('row_phantom', `${key} has a row, and no valid event is about it`);
  }
  for (const [key, expected] of model.allRows) {
    const row = found.get(key);
    if (row === undefined) report('row_missing', `${key} has no row`);
    else checkRow(row, expected, key, report);
  }
}

function checkRow(row: TableRow, expected: ModelRow, key: string, report: ProjectionReport): void {
  const isStateRight = isStampRight(row.state, expected.state, `state of ${key}`, report);
  const isSummaryRight = isStampRight(row.summaryStamp, expected.summary, `summary of ${key}`, report);
  if (isStateRight) {
    const differing = differingFields(row, expected);
    if (differing.length > 0) report('row_differs', `${key} differs in ${differing.join(', ')}`);
  }
  // A tombstone shows no summary; whether one waits under it is the store's own matter.
  const isHidden = expected.state?.isDeleted === true && row.summary === undefined;
  if (isSummaryRight && !isHidden && row.summary !== expected.summary?.text) report('row_differs', `${key} has another summary`);
}

function isStampRight(found: Stamp | undefined, expected: Stamp | undefined, what: string, report: ProjectionReport): boolean {
  if (found?.eventId === expected?.eventId && found?.tsUs === expected?.tsUs) return true;
  const text = `${what} is ${stampText(found)}, and must be ${stampText(expected)}`;
  if (expected !== undefined && (found === undefined || compareStamps(found, expected) < 0)) {
    report('row_lost_event', text);
    // An older event shows where a newer one was published.
    if (found !== undefined) report('stale_applied', text);
  } else report('row_differs', text);
  return false;
}

function differingFields(row: TableRow, { state }: ModelRow): string[] {
  const isDeleted = state?.isDeleted ?? false;
  const content = state?.content;
  const { contentRef, tags, embeddingRef, metadata } = row.content;
  const isSame = {
    is_deleted: row.isDeleted === isDeleted,
    content_ref: contentRef === content?.contentRef,
    'summary of its own': row.content.summary === content?.summary,
    tags: isDeepStrictEqual([...tags].sort(), [...(content?.tags ?? [])].sort()),
    embedding_ref: embeddingRef === content?.embeddingRef,
    // Without metadata a row may say {} or nothing.
    metadata: isDeepStrictEqual(metadata ?? {}, content?.metadata ?? {}),
  };
  return Object.entries(isSame).filter(([, same]) => !same).map(([field]) => field);
}

/** Each write moved a row to a later event, and none twice to the same. */
function checkJournal(journal: readonly JournalEntry[], report: ProjectionReport): void {
  const applied = new Set<string>();
  for (const { key, register, before, after } of journal) {
    const what = `${register} of ${key}`;
    if (after === undefined) {
      report('stale_applied', `${what} went from ${stampText(before)} to none`);
      continue;
    }
    if (before !== undefined && compareStamps(after, before) < 0) report('stale_applied', `${what} went back from ${stampText(before)} to ${stampText(after)}`);
    const applying = `${what} ${after.eventId}`;
    if (applied.has(applying)) report('event_applied_twice', `${what} was moved to ${stampText(after)} twice`);
    applied.add(applying);
  }
}

function stampText(stamp: Pick<EpisodeFact['stamp'], 'tsUs' | 'eventId'> | undefined): string {
  return stamp === undefined ? 'none' : `${stamp.eventId} at ${String(stamp.tsUs)}`;
}
