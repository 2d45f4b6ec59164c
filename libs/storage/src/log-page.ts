import { encodeEpoch, envelopeRanges, stampedBatchSize, withoutStampInspection, writeStampedHeader, type StampedRun } from '@arqonbus/envelope';
import type { HistoryPage, HistoryWindow } from './live-history.js';
import { decodeRunBody, type RunBody } from './run-body.js';
import type { CommittedRun, LogHead, LogPage, TopicLog } from './topic-log.js';

/** What the live window reckons beside a stored entry for the header that a page gives it, so that both end pages at the same events. */
const headerSlackBytes = 24;

/** Reads of a log for one page: a run of which only a part fits is read on its own. */
const maxReadsPerPage = 8;

/** A part of one run that goes into a page. */
interface Slice {
  readonly run: CommittedRun;
  readonly body: RunBody;
  /** Index of the first and one past the last event taken. */
  readonly from: number;
  readonly to: number;
}

/** Which parts of a log's runs make up one page. */
interface Cut {
  readonly slices: readonly Slice[];
  readonly events: number;
  /** As the live window reckons them. */
  readonly sizeBytes: number;
  readonly lastSequence: number;
  /** 0 when the window was read to its end. */
  readonly nextSequence: number;
  /** Whether a run of the log's answer, or a part of one, is left for the next page. */
  readonly isFull: boolean;
}

/** A committed run as a whole `Frame.batches` entry. Raises RangeError when the store has damaged its body. */
export function stampRun(run: CommittedRun, epochField: Uint8Array, { replayed }: { readonly replayed: boolean }): Uint8Array {
  const body = decodeRunBody(run.body);
  const stamped = stampOf({ run, body, from: 0, to: run.count }, epochField, body.envelopes.length);
  stamped.replayed = replayed;
  const bytes = new Uint8Array(stampedBatchSize(stamped));
  bytes.set(body.envelopes, writeStampedHeader(bytes, 0, stamped));
  return bytes;
}

/**
 * The page of a window from the runs that a log gave for it: runs are cut at the window's edges and the page ends at its bounds as the live window
 * does it (read-runs.ts), so the same runs give the same bytes. Raises RangeError when the store has damaged a body.
 */
export function encodeLogPage(page: LogPage, window: HistoryWindow): HistoryPage {
  return encodeCut(cutPage(page, encodeEpoch(page.epoch), window), encodeEpoch(page.epoch), window);
}

/**
 * Reads one page of a window from a log, with the log's head as of then. Rejects as `TopicLog.read` does, and with RangeError when the store has
 * damaged a body.
 */
export async function readLogPage(log: TopicLog, window: HistoryWindow): Promise<{ readonly page: HistoryPage; readonly head: LogHead }> {
  let answer = await log.read(window);
  const { epoch, firstSequence, lastSequence } = answer;
  const epochField = encodeEpoch(epoch);
  let cut = cutPage(answer, epochField, window);
  for (let reads = 1; reads < maxReadsPerPage && !answer.isComplete && !cut.isFull && cut.events < window.maxEvents && cut.nextSequence > 0; reads += 1) {
    const more: LogPage = await log.read({
      ...window, fromSequence: cut.nextSequence, maxEvents: window.maxEvents - cut.events, maxBytes: Math.max(1, window.maxBytes - cut.sizeBytes),
    });
    if (more.epoch !== epoch || more.runs.at(0)?.prev !== cut.lastSequence) break;
    answer = { ...answer, runs: [...answer.runs, ...more.runs], isComplete: more.isComplete };
    cut = cutPage(answer, epochField, window);
  }
  return { page: encodeCut(cut, epochField, window), head: { epoch, firstSequence, lastSequence } };
}

function cutPage(page: LogPage, epochField: Uint8Array, window: HistoryWindow): Cut {
  const { fromSequence: from = 1, toSequence: to = Number.MAX_SAFE_INTEGER } = window;
  const slices: Slice[] = [];
  let [events, sizeBytes] = [0, 0];
  let lastSequence = Math.max(from, Math.min(page.firstSequence, page.lastSequence + 1)) - 1;
  for (const run of page.runs) {
    const first = Math.max(0, from - run.sequence);
    const wanted = Math.min(run.count, to - run.sequence + 1);
    // A window that ends before it begins holds nothing.
    if (wanted <= first) break;
    const body = decodeRunBody(run.body);
    const taken = Math.min(wanted, first + window.maxEvents - events);
    const stamped = stampOf({ run, body, from: 0, to: run.count }, epochField, body.envelopes.length);
    stamped.replayed = false;
    const entryBytes = stampedBatchSize(stamped) + headerSlackBytes;
    if (taken <= first || (slices.length > 0 && sizeBytes + entryBytes > window.maxBytes)) {
      return { slices, events, sizeBytes, lastSequence, nextSequence: run.sequence + first, isFull: true };
    }
    slices.push({ run, body, from: first, to: taken });
    events += taken - first;
    sizeBytes += entryBytes;
    lastSequence = run.sequence + taken - 1;
    if (taken < wanted) return { slices, events, sizeBytes, lastSequence, nextSequence: lastSequence + 1, isFull: true };
  }
  const isOver = page.isComplete || page.runs.length === 0 || lastSequence >= to;
  return { slices, events, sizeBytes, lastSequence, nextSequence: isOver ? 0 : lastSequence + 1, isFull: false };
}

function encodeCut(cut: Cut, epochField: Uint8Array, { withInspection = false }: HistoryWindow): HistoryPage {
  const parts = cut.slices.map((slice) => {
    const envelopes = envelopesOf(slice);
    const stamped = stampOf(slice, epochField, envelopes.length);
    if (!withInspection) stamped.after = withoutStampInspection(stamped.after);
    return { envelopes, stamped };
  });
  const bytes = new Uint8Array(parts.reduce((sum, { stamped }) => sum + stampedBatchSize(stamped), 0));
  let at = 0;
  for (const { stamped, envelopes } of parts) {
    at = writeStampedHeader(bytes, at, stamped);
    bytes.set(envelopes, at);
    at += envelopes.length;
  }
  return { bytes, events: cut.events, lastSequence: cut.lastSequence, nextSequence: cut.nextSequence };
}

function envelopesOf({ run, body: { envelopes }, from, to }: Slice): Uint8Array {
  if (from === 0 && to === run.count) return envelopes;
  const ranges = envelopeRanges(envelopes, 0, envelopes.length);
  if (ranges.length !== run.count) throw new RangeError('a stored run is damaged');
  return envelopes.subarray(ranges[from].entryStart, ranges[to - 1].end);
}

function stampOf({ run, body, from }: Slice, epochField: Uint8Array, envelopesBytes: number): StampedRun {
  return {
    routing: body.routing, sender: body.sender, epoch: epochField, sequence: run.sequence + from, prev: from === 0 ? run.prev : run.sequence + from - 1,
    timeUs: run.timeUs, after: body.after, replayed: true, envelopesBytes,
  };
}
