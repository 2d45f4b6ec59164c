import { sameRow, type EpisodeRow } from '@arqonbus/continuum';

/** Whether a row is there, and what it is: one that holds a summary alone is present. */
export type RowPresence = 'absent' | 'tombstone' | 'present';

/** What became of a row between two times: a tombstone that is revived is inserted, one that appears is deleted. */
export type RowEffect = 'inserted' | 'updated' | 'deleted' | 'unchanged';

export function presenceOf(row: EpisodeRow | undefined): RowPresence {
  if (row === undefined) return 'absent';
  return row.isDeleted ? 'tombstone' : 'present';
}

/** What a backfill counts for a row, in a dry run as in one that writes. */
export function effectOf({ before, after, isSame }: { readonly before: RowPresence; readonly after: RowPresence; readonly isSame: boolean }): RowEffect {
  if (isSame) return 'unchanged';
  if (before === after) return 'updated';
  return after === 'present' ? 'inserted' : 'deleted';
}

/** {@link effectOf} of two rows of one key, each in full. */
export function effectBetween(before: EpisodeRow | undefined, after: EpisodeRow | undefined): RowEffect {
  return effectOf({ before: presenceOf(before), after: presenceOf(after), isSame: sameRow(before, after) });
}
