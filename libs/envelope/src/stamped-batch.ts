import type { BatchView } from './batch-view.js';
import { copyBytes } from './copy-bytes.js';
import { utf8Size, writeUtf8 } from './utf8.js';
import { readFixed64, readVarint32, readVarint64, varint64SizeAt, varintSize, writeFixed64, writeVarint } from './varint.js';
import { findField, skipValue } from './wire-field.js';

/**
 * What the server writes in front of a run's envelopes. Numbers are integers below 2^53. On the hot path keep one
 * record and set its fields: spreading a new one per run costs thirty times what writing the header does.
 */
export interface StampedRun {
  /** From encodeRouting. */
  routing: Uint8Array;
  /** From encodeSender. */
  sender: Uint8Array;
  /** From encodeEpoch. */
  epoch: Uint8Array;
  sequence: number;
  prev: number;
  timeUs: number;
  /** Entries of Stamp.after, from encodeStampAfter, and behind them maybe encodeStampInspection; may be empty. */
  after: Uint8Array;
  replayed: boolean;
  /** Bytes of the envelope entries that the caller writes behind the header. */
  envelopesBytes: number;
}

/** Where the parts of a stamped batch stand; the byte arrays are views into the given bytes. */
export interface StampedBatch {
  readonly sequence: number;
  readonly prev: number;
  readonly timeUs: number;
  readonly epoch: number;
  readonly replayed: boolean;
  readonly envelopesStart: number;
  readonly envelopesEnd: number;
  /** Offset after the entry. */
  readonly end: number;
  readonly routing: Uint8Array;
  readonly sender: Uint8Array;
  readonly after: Uint8Array;
}

const tagBatches = 0x0a;
const tagId = 0x0a;
const tagStamp = 0x32;
const tagEnvelopes = 0x7a;
const tagSequence = 0x08;
const tagTimeUs = 0x11;
const tagSender = 0x1a;
const tagSession = 0x21;
const tagEpoch = 0x29;
const tagPrev = 0x30;
const tagAfter = 0x3a;
const tagInspection = 0x42;
const tagReplayed = 0x48;

/** Fields 1 to 3 of Batch, those that are empty left out: encoded once per topic. */
export function encodeRouting(room: string, channel: string, recipient: string): Uint8Array {
  return encodeTexts([[0x0a, room], [0x12, channel], [0x1a, recipient]], 0);
}

/** Fields 3 and 4 of Stamp, client id and session: encoded once per session. */
export function encodeSender(sender: string, session: number): Uint8Array {
  const bytes = encodeTexts([[tagSender, sender]], 9);
  bytes[bytes.length - 9] = tagSession;
  writeFixed64(bytes, bytes.length - 8, session);
  return bytes;
}

/** Field 5 of Stamp, the topic's epoch, 9 bytes: encoded once per epoch. */
export function encodeEpoch(epoch: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = tagEpoch;
  writeFixed64(bytes, 1, epoch);
  return bytes;
}

function encodeTexts(fields: readonly (readonly [tag: number, text: string])[], spareBytes: number): Uint8Array {
  let size = spareBytes;
  for (const [, text] of fields) size += text === '' ? 0 : 1 + varintSize(utf8Size(text)) + utf8Size(text);
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const [tag, text] of fields) {
    if (text === '') continue;
    bytes[at] = tag;
    at = writeUtf8(bytes, writeVarint(bytes, at + 1, utf8Size(text)), text);
  }
  return bytes;
}

/** Bytes of the whole `Frame.batches` entry: tag, length, content. */
export function stampedBatchSize(run: StampedRun): number {
  const content = contentSize(run, stampSize(run));
  return 1 + varintSize(content) + content;
}

/**
 * Writes tag, length, routing and stamp of a `Frame.batches` entry, and returns where its envelopes go. The caller
 * then writes exactly `run.envelopesBytes` bytes of `Batch.envelopes` entries, none for the head of a quiet topic.
 */
export function writeStampedHeader(target: Uint8Array, at: number, run: StampedRun): number {
  const stamp = stampSize(run);
  target[at] = tagBatches;
  let next = writeVarint(target, at + 1, contentSize(run, stamp));
  next = copyBytes(target, next, run.routing);
  target[next] = tagStamp;
  next = writeVarint(target, next + 1, stamp);
  target[next] = tagSequence;
  next = writeVarint(target, next + 1, run.sequence);
  target[next] = tagTimeUs;
  next = writeFixed64(target, next + 1, run.timeUs);
  next = copyBytes(target, next, run.sender);
  next = copyBytes(target, next, run.epoch);
  target[next] = tagPrev;
  next = writeVarint(target, next + 1, run.prev);
  next = copyBytes(target, next, run.after);
  if (run.replayed) {
    target[next++] = tagReplayed;
    target[next++] = 1;
  }
  return next;
}

function stampSize(run: StampedRun): number {
  const numbers = 1 + varintSize(run.sequence) + 9 + 1 + varintSize(run.prev) + (run.replayed ? 2 : 0);
  return numbers + run.sender.length + run.epoch.length + run.after.length;
}

function contentSize(run: StampedRun, stamp: number): number {
  return run.routing.length + 1 + varintSize(stamp) + stamp + run.envelopesBytes;
}

/** Copies the envelope entries of a batch, `view.envelopesBytes` bytes, in one copy where they are contiguous; returns the next offset. */
export function copyEnvelopes(target: Uint8Array, at: number, source: Uint8Array, view: BatchView): number {
  if (view.envelopeCount === 0) return at;
  if (view.envelopesContiguous) {
    target.set(source.subarray(view.envelopesStart, view.envelopesEnd), at);
    return at + view.envelopesBytes;
  }
  let next = at;
  for (const { entryStart, end } of envelopeRanges(source, view.envelopesStart, view.envelopesEnd)) {
    target.set(source.subarray(entryStart, end), next);
    next += end - entryStart;
  }
  return next;
}

/**
 * Where the envelopes of the batch content (or of a region of entries) `bytes[start, end)` stand: `start` to `end`
 * is what decodes as an Envelope, `entryStart` to `end` is the entry with its tag. For cold paths: allocates.
 */
export function envelopeRanges(bytes: Uint8Array, start: number, end: number): { entryStart: number; start: number; end: number }[] {
  const ranges: { entryStart: number; start: number; end: number }[] = [];
  let entryStart = findField(bytes, start, end, tagEnvelopes);
  while (entryStart >= 0) {
    const length = readVarint32(bytes, entryStart + 1, end);
    const contentStart = entryStart + 1 + varintSize(length);
    ranges.push({ entryStart, start: contentStart, end: contentStart + length });
    entryStart = findField(bytes, contentStart + length, end, tagEnvelopes);
  }
  return ranges;
}

/** Offset of the 16 bytes of an envelope's id, or -1; the envelope is `bytes[start, end)`, in whatever order its fields stand. */
export function envelopeIdStart(bytes: Uint8Array, start: number, end: number): number {
  const at = findField(bytes, start, end, tagId);
  return at < 0 ? -1 : at + 2;
}

/**
 * Reads back a `Frame.batches` entry that writeStampedHeader and the envelopes behind it made, at its tag. Raises
 * RangeError on bytes of any other shape: they are the server's own, so that is a fault of the program.
 */
export function readStampedBatch(bytes: Uint8Array, at: number): StampedBatch {
  const length = bytes[at] === tagBatches ? readVarint32(bytes, at + 1, bytes.length) : -1;
  const contentStart = at + 1 + varintSize(length);
  const end = contentStart + length;
  const stampAt = length < 0 || end > bytes.length ? -1 : findField(bytes, contentStart, end, tagStamp);
  if (stampAt < 0) throw new RangeError(`no stamped batch at ${at}`);
  const stampLength = readVarint32(bytes, stampAt + 1, end);
  const stampStart = stampAt + 1 + varintSize(stampLength);
  const stampEnd = stampStart + stampLength;
  const senderStart = stampStart + 1 + varint64SizeAt(bytes, stampStart + 1, stampEnd) + 9;
  const epochAt = findField(bytes, senderStart, stampEnd, tagEpoch);
  const prevAt = epochAt + 9;
  if (bytes[stampStart] !== tagSequence || epochAt < 0 || bytes[prevAt] !== tagPrev) throw new RangeError(`no stamped batch at ${at}`);
  const afterStart = prevAt + 1 + varint64SizeAt(bytes, prevAt + 1, stampEnd);
  const afterEnd = endOfAfter(bytes, afterStart, stampEnd);
  return {
    sequence: varintAt(bytes, stampStart + 1, stampEnd),
    prev: varintAt(bytes, prevAt + 1, stampEnd),
    timeUs: readFixed64(bytes, senderStart - 8),
    epoch: readFixed64(bytes, epochAt + 1),
    replayed: afterEnd < stampEnd && bytes[afterEnd] === tagReplayed,
    envelopesStart: stampEnd,
    envelopesEnd: end,
    end,
    routing: bytes.subarray(contentStart, stampAt),
    sender: bytes.subarray(senderStart, epochAt),
    after: bytes.subarray(afterStart, afterEnd),
  };
}

function varintAt(bytes: Uint8Array, at: number, end: number): number {
  return readVarint64(bytes, at, varint64SizeAt(bytes, at, end));
}

function endOfAfter(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at >= 0 && at < end && (bytes[at] === tagAfter || bytes[at] === tagInspection)) at = skipValue(bytes, at + 1, end, tagAfter & 7);
  return at;
}
