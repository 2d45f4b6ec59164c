import type { EpisodeChange, EpisodeContent, EpisodeRow, Guard, ProjectionOutcome } from './episode.js';

/** Below 0, 0, above 0 as `left` is before, at or after `right`. */
export function compareGuards(left: Guard, right: Guard): number {
  if (left.sourceTsUs !== right.sourceTsUs) return left.sourceTsUs < right.sourceTsUs ? -1 : 1;
  if (left.eventId === right.eventId) return 0;
  return left.eventId < right.eventId ? -1 : 1;
}

/** `live`: only a newer event changes anything. `backfill`: an event whose guard equals the row's writes it anew. */
export type ProjectionMode = 'live' | 'backfill';

export interface Projection {
  readonly row: EpisodeRow | undefined;
  readonly outcome: ProjectionOutcome;
}

/**
 * What becomes of a row by a change; the row is the same object when nothing does. Each of the two registers takes the change with the greatest guard that
 * concerns it, so the row that a set of events leaves does not depend on their order. A `deleted` that the state is too new for is `stale` and may still
 * clear an older summary or hold off the older ones to come: the row is another then and must be kept, so writers go by the row and not by the outcome.
 * An event that is applied again by `backfill` gives the outcome it would have had; sameRow tells whether it made a difference.
 */
export function projectChange(row: EpisodeRow | undefined, change: EpisodeChange, mode: ProjectionMode): Projection {
  const takesState = change.kind !== 'summarized' && isTaken(row?.stateGuard, change.guard, mode);
  const takesSummary = (change.kind === 'summarized' || change.kind === 'deleted') && isTaken(row?.summaryGuard, change.guard, mode);
  if (!takesState && !takesSummary) return { row, outcome: 'stale' };
  return {
    row: {
      key: row === undefined ? change.key : row.key,
      stateGuard: takesState ? change.guard : row?.stateGuard,
      isDeleted: takesState ? change.kind === 'deleted' : row?.isDeleted === true,
      content: takesState ? change.content : row?.content,
      summaryGuard: takesSummary ? change.guard : row?.summaryGuard,
      summary: takesSummary ? change.summary : row?.summary,
    },
    outcome: outcomeOf(row, change, takesState),
  };
}

/**
 * The summary that readers see: that of the newest summarized event where the state has none or is older, else the state's own. Undefined where there is
 * none, and of what readers do not see: a tombstone, and an episode of which a summary alone is known.
 */
export function visibleSummary({ stateGuard, isDeleted, content, summaryGuard, summary }: EpisodeRow): string | undefined {
  if (isDeleted || stateGuard === undefined) return undefined;
  const isNewer = summaryGuard !== undefined && compareGuards(summaryGuard, stateGuard) > 0;
  return summary !== undefined && (content?.summary === undefined || isNewer) ? summary : content?.summary;
}

/** True when two rows of one key hold the same: a change that leads from one to the other changed nothing. */
export function sameRow(left: EpisodeRow | undefined, right: EpisodeRow | undefined): boolean {
  if (left === right) return true;
  if (left === undefined || right === undefined) return false;
  return left.isDeleted === right.isDeleted && left.summary === right.summary && sameGuard(left.stateGuard, right.stateGuard)
    && sameGuard(left.summaryGuard, right.summaryGuard) && sameContent(left.content, right.content);
}

function isTaken(current: Guard | undefined, guard: Guard, mode: ProjectionMode): boolean {
  if (current === undefined) return true;
  const order = compareGuards(guard, current);
  return order > 0 || (order === 0 && mode === 'backfill');
}

/** Of a change that a register takes. */
function outcomeOf(row: EpisodeRow | undefined, change: EpisodeChange, takesState: boolean): ProjectionOutcome {
  if (change.kind === 'summarized') return 'summarized';
  if (!takesState) return 'stale';
  if (change.kind === 'deleted') return 'deleted';
  if (row?.stateGuard === undefined) return 'inserted';
  return row.isDeleted ? 'revived' : 'updated';
}

function sameGuard(left: Guard | undefined, right: Guard | undefined): boolean {
  return left === undefined || right === undefined ? left === right : compareGuards(left, right) === 0;
}

function sameContent(left: EpisodeContent | undefined, right: EpisodeContent | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.contentRef === right.contentRef && left.summary === right.summary && left.embeddingRef === right.embeddingRef
    && left.metadataJson === right.metadataJson && left.tags.length === right.tags.length && left.tags.every((tag, at) => tag === right.tags[at]);
}
