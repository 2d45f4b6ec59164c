import { envelopeRanges, readStampedBatch, stampedBatchSize, withoutStampInspection, writeStampedHeader } from '@arqonbus/envelope';
import type { HistoryPage, HistoryWindow } from './live-history.js';
import type { RunIndex } from './run-index.js';

/** A part of one run that goes into a page. */
interface Slice {
  readonly bytes: Uint8Array;
  readonly offset: number;
  /** Index of the first and one past the last event taken; the whole run when `whole`. */
  readonly from: number;
  readonly to: number;
  readonly whole: boolean;
}

/** Room for a slice's header when it differs from the stored one: `replayed`, longer `prev`. */
const headerSlackBytes = 24;

/**
 * Reads one page. Runs are cut at the window's edges, so a page holds exactly the events asked for;
 * a cut run keeps its sequence arithmetic (`sequence + i`), its `prev` is the event before.
 */
export function readRuns(
  runs: RunIndex, bytesOf: (slab: number) => Uint8Array, epochField: Uint8Array, window: HistoryWindow, head: number,
): HistoryPage {
  const from = window.fromSequence ?? 1;
  const to = window.toSequence ?? Number.MAX_SAFE_INTEGER;
  let index = runs.findSequence(from);
  if (window.fromTimeUs !== undefined) index = Math.max(index, runs.findTime(window.fromTimeUs));
  const slices: Slice[] = [];
  let events = 0;
  let sizeBytes = 0;
  let last = Math.max(from, runs.length === 0 ? head + 1 : runs.sequenceAt(0)) - 1;
  let next = 0;
  for (; index < runs.length; index += 1) {
    const sequence = runs.sequenceAt(index);
    if (sequence > to || runs.timeAt(index) > (window.toTimeUs ?? Number.MAX_SAFE_INTEGER)) break;
    const count = runs.countAt(index);
    const first = Math.max(0, from - sequence);
    const wanted = Math.min(count, to - sequence + 1);
    // A window that ends before it begins holds nothing.
    if (wanted <= first) break;
    const taken = Math.min(wanted, first + window.maxEvents - events);
    const entryBytes = runs.lengthAt(index) + headerSlackBytes;
    if (taken <= first || (slices.length > 0 && sizeBytes + entryBytes > window.maxBytes)) {
      next = sequence + first;
      break;
    }
    slices.push({ bytes: bytesOf(runs.slabAt(index)), offset: runs.offsetAt(index), from: first, to: taken, whole: first === 0 && taken === count });
    events += taken - first;
    sizeBytes += entryBytes;
    last = sequence + taken - 1;
    if (taken < wanted) {
      next = last + 1;
      break;
    }
  }
  return { bytes: encodeSlices(slices, sizeBytes, epochField, window.withInspection === true), events, lastSequence: last, nextSequence: next };
}

function encodeSlices(slices: readonly Slice[], sizeBytes: number, epochField: Uint8Array, withInspection: boolean): Uint8Array {
  const target = new Uint8Array(sizeBytes);
  let at = 0;
  for (const slice of slices) at = encodeSlice(target, at, slice, epochField, withInspection);
  return target.subarray(0, at);
}

function encodeSlice(target: Uint8Array, at: number, slice: Slice, epochField: Uint8Array, withInspection: boolean): number {
  const batch = readStampedBatch(slice.bytes, slice.offset);
  let start = batch.envelopesStart;
  let end = batch.envelopesEnd;
  if (!slice.whole) {
    const ranges = envelopeRanges(slice.bytes, batch.envelopesStart, batch.envelopesEnd);
    // Ranges are the envelopes' contents; an entry starts where the one before it ended.
    start = slice.from === 0 ? start : (ranges[slice.from - 1]?.end ?? end);
    end = ranges[slice.to - 1]?.end ?? end;
  }
  const run = {
    routing: batch.routing, sender: batch.sender, epoch: epochField, sequence: batch.sequence + slice.from,
    prev: slice.from === 0 ? batch.prev : batch.sequence + slice.from - 1,
    timeUs: batch.timeUs, after: withInspection ? batch.after : withoutStampInspection(batch.after), replayed: true, envelopesBytes: end - start,
  };
  if (at + stampedBatchSize(run) > target.length) throw new RangeError('history page is smaller than its runs');
  const next = writeStampedHeader(target, at, run);
  target.set(slice.bytes.subarray(start, end), next);
  return next + (end - start);
}
