import type { SourcePosition } from '@arqonbus/storage/episodes';
import type { ProjectionEntry } from './projection-entry.js';

/** Events of one partition that go into the database in one transaction, and the place that it is at afterwards. */
export interface BatchPart {
  readonly entries: readonly ProjectionEntry[];
  readonly upTo: SourcePosition;
}

/** Cuts a part into two, in order: the first holds `count` events and ends at the last of them. Needs 1 ≤ count < length. */
export function cutPart({ entries, upTo }: BatchPart, count: number): readonly [BatchPart, BatchPart] {
  const first = entries.slice(0, count);
  return [{ entries: first, upTo: first[count - 1].record.position }, { entries: entries.slice(count), upTo }];
}

/** A part of one event that the database refuses, as a dead letter. Its type is left out the second time, in case that is what cannot be stored. */
export function refusedPart({ entries: [entry], upTo }: BatchPart): BatchPart {
  const { record, result, tries } = entry;
  const eventId = 'change' in result ? result.change.guard.eventId : result.fault.eventId;
  const fault = 'fault' in result ? result.fault : { code: 'EPISODE_NOT_STORABLE', field: '', reason: 'The database refuses the event.', eventId };
  return { entries: [{ record: 'fault' in result ? { ...record, type: '' } : record, result: { fault }, tries: tries + 1 }], upTo };
}

export function bytesOf({ entries }: BatchPart): number {
  let bytes = 0;
  for (const { record } of entries) bytes += record.payload.length;
  return bytes;
}
