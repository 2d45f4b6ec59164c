import { encodeEpoch, envelopeRanges, stampedBatchSize, writeStampedHeader, type StampedRun } from '@arqonbus/envelope';
import type { HistoryPage, HistoryWindow } from './live-history.js';
import { decodeRunBody } from './run-body.js';
import type { CommittedRun, LogPage } from './topic-log.js';

/** One run of the page: what is written in front of its envelopes, and those that lie in the window. */
interface Slice {
  readonly head: StampedRun;
  readonly envelopes: Uint8Array;
  readonly lastSequence: number;
  /** True when the window or the bound in events ended within the run. */
  readonly isCutByBound: boolean;
}

/**
 * Turns what a log gave into the page that readers get: `Frame.batches` entries with `replayed` set, runs cut exactly at the edges of `window`
 * and where `maxEvents` ends. The same runs give the same bytes as the live window does, on every Spine. Raises RangeError for a run that the
 * store has damaged.
 */
export function encodeLogPage(page: LogPage, window: HistoryWindow): HistoryPage {
  const epoch = encodeEpoch(page.epoch);
  const slices: Slice[] = [];
  let events = 0;
  let nextSequence = 0;
  for (const run of page.runs) {
    const slice = sliceOf(run, window, events, epoch);
    if (slice === undefined) continue;
    if (slice === 'full') {
      nextSequence = Math.max(run.sequence, window.fromSequence ?? 1);
      break;
    }
    slices.push(slice);
    events += slice.lastSequence - slice.head.sequence + 1;
    if (slice.isCutByBound) {
      nextSequence = slice.lastSequence + 1;
      break;
    }
  }
  const lastSequence = slices.at(-1)?.lastSequence ?? Math.max(window.fromSequence ?? 1, page.firstSequence) - 1;
  if (nextSequence === 0 && !page.isComplete) nextSequence = lastSequence + 1;
  return { bytes: encode(slices), events, lastSequence, nextSequence };
}

function sliceOf(run: CommittedRun, window: HistoryWindow, eventsBefore: number, epoch: Uint8Array): Slice | 'full' | undefined {
  const first = Math.max(0, (window.fromSequence ?? 1) - run.sequence);
  const wanted = Math.min(run.count, (window.toSequence ?? Number.MAX_SAFE_INTEGER) - run.sequence + 1);
  if (wanted <= first || run.timeUs < (window.fromTimeUs ?? 0) || run.timeUs > (window.toTimeUs ?? Number.MAX_SAFE_INTEGER)) return undefined;
  const taken = Math.min(wanted, first + window.maxEvents - eventsBefore);
  if (taken <= first) return 'full';
  const { routing, sender, after, envelopes } = decodeRunBody(run.body);
  const isWhole = first === 0 && taken === run.count;
  const ranges = isWhole ? [] : envelopeRanges(envelopes, 0, envelopes.length);
  const cut = isWhole ? envelopes : envelopes.subarray(ranges[first]?.entryStart ?? envelopes.length, ranges[taken - 1]?.end ?? envelopes.length);
  return {
    head: {
      routing, sender, epoch, sequence: run.sequence + first, prev: first === 0 ? run.prev : run.sequence + first - 1, timeUs: run.timeUs, after,
      replayed: true, envelopesBytes: cut.length,
    },
    envelopes: cut, lastSequence: run.sequence + taken - 1, isCutByBound: taken < wanted,
  };
}

function encode(slices: readonly Slice[]): Uint8Array {
  const bytes = new Uint8Array(slices.reduce((sum, { head }) => sum + stampedBatchSize(head), 0));
  let at = 0;
  for (const { head, envelopes } of slices) {
    at = writeStampedHeader(bytes, at, head);
    bytes.set(envelopes, at);
    at += envelopes.length;
  }
  return bytes;
}
