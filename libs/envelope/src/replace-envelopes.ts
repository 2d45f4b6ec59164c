import { BatchView } from './batch-view.js';
import { concatenate } from './copy-bytes.js';
import { envelopeIdStart, envelopeRanges } from './stamped-batch.js';
import { readVarint32, varintSize, writeVarint } from './varint.js';
import { findField } from './wire-field.js';

const tagEnvelopes = 0x7a;
const tagTraceparent = 0x3a;

/**
 * A batch that the reader accepted, with some of its envelopes replaced, in bytes of its own: what content inspection redacted goes on in its
 * place. `envelopes[i]` is the new content of envelope i, undefined where it stays. Raises RangeError unless there is one entry per envelope.
 */
export function replaceEnvelopes(bytes: Uint8Array, view: BatchView, envelopes: readonly (Uint8Array | undefined)[]): { bytes: Uint8Array; view: BatchView } {
  const ranges = envelopeRanges(bytes, view.envelopesStart, view.envelopesEnd);
  if (ranges.length !== envelopes.length) throw new RangeError(`${String(envelopes.length)} envelopes given for ${String(ranges.length)}`);
  const entries = ranges.map(({ entryStart, start, end }, index) => entryOf(envelopes[index] ?? bytes.subarray(start, end), bytes.subarray(entryStart, end), envelopes[index] === undefined));
  const others = segmentsBetween(view.envelopesStart, view.envelopesEnd, ranges);
  const parts = [bytes.subarray(view.start, view.envelopesStart), ...entries, ...others.map(({ start, end }) => bytes.subarray(start, end)), bytes.subarray(view.envelopesEnd, view.end)];
  const replaced = concatenate(parts);
  return { bytes: replaced, view: viewOf(replaced, view, entries.reduce((sum, entry) => sum + entry.length, 0), others) };
}

function entryOf(content: Uint8Array, entry: Uint8Array, isKept: boolean): Uint8Array {
  if (isKept) return entry;
  const made = new Uint8Array(1 + varintSize(content.length) + content.length);
  made[0] = tagEnvelopes;
  made.set(content, writeVarint(made, 1, content.length));
  return made;
}

interface Segment {
  readonly start: number;
  readonly end: number;
}

/** Other fields that stand between the entries. */
function segmentsBetween(start: number, end: number, ranges: readonly { readonly entryStart: number; readonly end: number }[]): Segment[] {
  const segments: Segment[] = [];
  let at = start;
  for (const range of ranges) {
    if (range.entryStart > at) segments.push({ start: at, end: range.entryStart });
    at = range.end;
  }
  if (end > at) segments.push({ start: at, end });
  return segments;
}

function viewOf(bytes: Uint8Array, old: BatchView, envelopesBytes: number, others: readonly Segment[]): BatchView {
  const view = Object.assign(new BatchView(), old);
  const envelopesStart = old.envelopesStart - old.start;
  const envelopesEnd = envelopesStart + envelopesBytes;
  const move = (at: number): number => {
    if (at < 0) return at;
    if (at <= old.envelopesStart) return at - old.start;
    let moved = envelopesEnd;
    for (const { start, end } of others) {
      if (at <= end) return moved + at - start;
      moved += end - start;
    }
    return moved + at - old.envelopesEnd;
  };
  view.roomStart = move(old.roomStart);
  view.roomEnd = move(old.roomEnd);
  view.channelStart = move(old.channelStart);
  view.channelEnd = move(old.channelEnd);
  view.recipientStart = move(old.recipientStart);
  view.recipientEnd = move(old.recipientEnd);
  view.start = 0;
  view.end = bytes.length;
  view.envelopesStart = envelopesStart;
  view.envelopesEnd = envelopesEnd;
  view.envelopesBytes = envelopesBytes;
  view.envelopesContiguous = true;
  return pointAtFirst(bytes, view);
}

function pointAtFirst(bytes: Uint8Array, view: BatchView): BatchView {
  const length = readVarint32(bytes, view.envelopesStart + 1, view.envelopesEnd);
  const start = view.envelopesStart + 1 + varintSize(length);
  view.firstIdStart = envelopeIdStart(bytes, start, start + length);
  const traceAt = findField(bytes, start, start + length, tagTraceparent);
  view.traceparentStart = traceAt < 0 ? -1 : traceAt + 1 + varintSize(readVarint32(bytes, traceAt + 1, start + length));
  view.traceparentEnd = traceAt < 0 ? -1 : view.traceparentStart + readVarint32(bytes, traceAt + 1, start + length);
  return view;
}
