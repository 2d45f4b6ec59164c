import { crc32 } from 'node:zlib';
import { ArqonError } from '@arqonbus/errors';
import type { CommittedRun, LogHead, LogWindow } from '@arqonbus/storage';
import type { SqlDatabase } from './database.js';
import type { TopicId } from './topic-id.js';

/** Sizes that are read at a time, before any body. */
const sizesPerRead = 1_024;

/** Runs of a window, and whether they are all of it. */
export interface ReadRuns {
  readonly runs: readonly CommittedRun[];
  readonly isComplete: boolean;
}

/** Whole runs that touch the window, oldest first. Raises ArqonError STORE_UNAVAILABLE when a body is not what was written. */
export function readWindow(db: SqlDatabase, id: TopicId, head: LogHead, window: LogWindow): ReadRuns {
  const { fromSequence = 1, toSequence = Infinity, fromTimeUs, toTimeUs } = window;
  if (fromSequence > toSequence || head.firstSequence > head.lastSequence) return { runs: [], isComplete: true };
  let from = Math.max(firstRunTouching(db, id, fromSequence), head.firstSequence);
  let to = Math.min(toSequence, head.lastSequence);
  if (fromTimeUs !== undefined) from = Math.max(from, sequenceAtTime(db, id, head, fromTimeUs));
  if (toTimeUs !== undefined) to = Math.min(to, sequenceAtTime(db, id, head, toTimeUs + 1) - 1);
  if (from > to) return { runs: [], isComplete: true };
  const { last, isComplete } = lastWithinBounds(db, id, from, to, window);
  return { runs: last === 0 ? [] : readRuns(db, id, from, last), isComplete };
}

/** The run that holds the sequence. */
export function readRunAt(db: SqlDatabase, id: TopicId, sequence: number): CommittedRun | undefined {
  const first = firstRunTouching(db, id, sequence);
  return first > sequence ? undefined : readRuns(db, id, first, first).find((run) => run.sequence + run.count > sequence);
}

/** Sequence of the run that holds `sequence`, or `sequence` itself when none does: the next run is above. */
function firstRunTouching(db: SqlDatabase, id: TopicId, sequence: number): number {
  const row = db.sql('SELECT sequence, count FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence <= ? ORDER BY sequence DESC LIMIT 1')
    .one(id.tenant, id.topic, Math.min(sequence, Number.MAX_SAFE_INTEGER)) as [number, number] | undefined;
  return row !== undefined && row[0] + row[1] > sequence ? row[0] : sequence;
}

/** The least sequence whose run, and all behind it, are at or after the time: times never fall within a topic. */
function sequenceAtTime(db: SqlDatabase, id: TopicId, { firstSequence, lastSequence }: LogHead, timeUs: number): number {
  const next = db.sql('SELECT sequence, time_us FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence >= ? ORDER BY sequence LIMIT 1');
  let low = firstSequence;
  let high = lastSequence + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = next.one(id.tenant, id.topic, middle) as [number, number] | undefined;
    if (row === undefined || row[1] >= timeUs) high = middle;
    else low = row[0] + 1;
  }
  return low;
}

/** Sequence of the last run within the bounds of the answer, 0 when the window holds none. */
function lastWithinBounds(db: SqlDatabase, id: TopicId, from: number, to: number, { maxEvents, maxBytes }: LogWindow): { last: number; isComplete: boolean } {
  const sizes = db.sql('SELECT sequence, count, length(body) FROM runs WHERE tenant_id = ? AND topic_id = ? AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT ?');
  let [last, events, bytes] = [0, 0, 0];
  for (let next = from; ;) {
    const rows = sizes.all(id.tenant, id.topic, next, to, sizesPerRead) as [number, number, number][];
    for (const [sequence, count, bodyBytes] of rows) {
      events += count;
      bytes += bodyBytes;
      if (last !== 0 && (events > maxEvents || bytes > maxBytes)) return { last, isComplete: false };
      last = sequence;
    }
    if (rows.length < sizesPerRead) return { last, isComplete: true };
    next = last + 1;
  }
}

function readRuns(db: SqlDatabase, id: TopicId, from: number, to: number): CommittedRun[] {
  const rows = db.sql(`SELECT sequence, count, time_us, owner, hi, lo, run, checksum, body FROM runs
    WHERE tenant_id = ? AND topic_id = ? AND sequence BETWEEN ? AND ? ORDER BY sequence`)
    .all(id.tenant, id.topic, from, to) as [number, number, number, string | null, number, number, number, number, Uint8Array][];
  return rows.map(([sequence, count, timeUs, owner, hi, lo, run, checksum, body]) => {
    if (crc32(body) !== checksum) {
      throw new ArqonError('STORE_UNAVAILABLE', { message: `the run at ${sequence} of topic ${id.topic} of ${id.tenant} is damaged in the file` });
    }
    return { producer: owner === null ? undefined : { owner, hi, lo, run }, count, sequence, prev: sequence - 1, timeUs, body };
  });
}
