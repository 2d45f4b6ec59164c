import {
  copyEnvelopes, encodeEpoch, envelopeIdStart, envelopeRanges, readFixed64, readStampedBatch, stampedBatchSize, varintSize, withoutStampInspection,
  writeStampedHeader, writeVarint, type StampedRun,
} from '@arqonbus/envelope';
import type {
  AppendOutcome, EventOrigin, HistoryPage, HistoryWindow, OpenTopicOptions, RunToAppend, Tail, TopicHistory,
} from './live-history.js';
import type { CommittedRun, LogHead } from './topic-log.js';
import type { ProducerMemory } from './producer-memory.js';
import { decodeRunBody } from './run-body.js';
import { readRuns } from './read-runs.js';
import { RunIndex } from './run-index.js';
import { SlabRing } from './slab-ring.js';
import { tombstoneEnvelopes } from './tombstone.js';

const noBytes = new Uint8Array(0);
const noTail = -1;

/** What the store lends to each of its topics. */
export interface MemoryStoreShare {
  readonly headroomBytes: number;
  /** Whether subscribers are told what content inspection found. */
  readonly exposesInspection: boolean;
  nextEpoch(nowUs: number): number;
  addBytes(bytes: number): void;
}

/**
 * Memory history of one topic. Each accepted run is written once, as the `Frame.batches` entry that
 * subscribers will get: the newest entries are the pending frame, the older ones the history.
 */
export class MemoryTopicHistory implements TopicHistory {
  epoch: number;
  epochField: Uint8Array;
  lastSequence = 0;
  heldAfter = 0;
  eventCount = 0;
  byteCount = 0;
  private lastTimeUs = 0;
  private readonly runs = new RunIndex();
  private readonly slabs: SlabRing;
  private readonly largestExtendedCount: number;
  /** Offset of the tail; -1 when there is none. */
  private tailStart = noTail;
  private tailPrev = 0;
  private readonly stamped: StampedRun;
  private readonly newest: NewestRun = { offset: noTail, sender: noBytes, routing: noBytes, count: 0, contentBytes: 0 };

  constructor(
    private readonly options: OpenTopicOptions,
    private readonly producers: ProducerMemory,
    private readonly share: MemoryStoreShare,
    nowUs: number,
  ) {
    this.epoch = share.nextEpoch(nowUs);
    this.epochField = encodeEpoch(this.epoch);
    this.largestExtendedCount = Math.min(largestExtendedCount, options.retention.maxEvents * largestExtendedShare);
    this.slabs = new SlabRing(share.headroomBytes);
    this.stamped = {
      routing: options.routing, sender: noBytes, epoch: this.epochField, sequence: 0, prev: 0, timeUs: 0, after: noBytes,
      replayed: false, envelopesBytes: 0,
    };
  }

  get firstSequence(): number {
    return this.runs.length === 0 ? this.lastSequence + 1 : this.runs.sequenceAt(0);
  }

  get takenSequence(): number {
    return this.tailStart === noTail ? this.lastSequence : this.tailPrev;
  }

  get tailBytes(): number {
    return this.tailStart === noTail ? 0 : this.slabs.writeOffset - this.tailStart;
  }

  append(run: RunToAppend, nowUs: number): AppendOutcome {
    if (run.view.ack) {
      const verdict = this.producers.check(run, nowUs);
      if (verdict !== 'accepted') return verdict;
    }
    run.prev = this.lastSequence;
    run.sequence = this.lastSequence + 1;
    run.count = run.view.envelopeCount;
    run.timeUs = nowUs > this.lastTimeUs ? nowUs : this.lastTimeUs;
    if (this.canExtend(run)) this.extend(run);
    else this.write(run);
    this.lastSequence = run.sequence + run.count - 1;
    this.eventCount += run.count;
    if (run.view.ack) this.producers.record(run, nowUs);
    this.trim(nowUs);
    return 'accepted';
  }

  commit(run: CommittedRun): void {
    const { routing, sender, after, envelopes } = decodeRunBody(run.body);
    const stamped = this.stamped;
    stamped.routing = routing;
    stamped.sender = sender;
    stamped.sequence = run.sequence;
    stamped.prev = run.prev;
    stamped.timeUs = run.timeUs;
    stamped.after = this.share.exposesInspection ? after : withoutStampInspection(after);
    stamped.envelopesBytes = envelopes.length;
    const sizeBytes = stampedBatchSize(stamped);
    const offset = this.makeRoom(sizeBytes);
    const bytes = this.slabs.bytes;
    const at = writeStampedHeader(bytes, offset, stamped);
    bytes.set(envelopes, at);
    this.hold({ sequence: run.sequence, count: run.count, timeUs: stamped.timeUs }, offset, at + envelopes.length);
    this.newest.offset = noTail;
    this.lastSequence = run.sequence + run.count - 1;
    this.eventCount += run.count;
    this.trim(run.timeUs);
  }

  takeTail(): Tail | undefined {
    if (this.tailStart === noTail) return undefined;
    const tail = { bytes: this.slabs.bytes, start: this.tailStart, end: this.slabs.writeOffset, prev: this.tailPrev, lastSequence: this.lastSequence };
    this.tailStart = noTail;
    this.newest.offset = noTail;
    this.slabs.endTail();
    return tail;
  }

  read(window: HistoryWindow): HistoryPage {
    return readRuns(this.runs, (slab) => this.slabs.bytesOf(slab), this.epochField, window, this.lastSequence);
  }

  findSender(id: Uint8Array, idStart: number, maxEvents: number): EventOrigin | undefined {
    let left = maxEvents;
    for (let index = this.runs.length - 1; index >= 0 && left > 0; index -= 1) {
      const bytes = this.slabs.bytesOf(this.runs.slabAt(index));
      const batch = readStampedBatch(bytes, this.runs.offsetAt(index));
      for (const range of envelopeRanges(bytes, batch.envelopesStart, batch.envelopesEnd)) {
        if (holdsId(bytes, range.start, range.end, id, idStart)) return readSender(batch.sender);
      }
      left -= this.runs.countAt(index);
    }
    return undefined;
  }

  erase(sequence: number): boolean {
    if (sequence < this.firstSequence || sequence > this.lastSequence) return false;
    this.settleTail(sequence);
    const index = this.runs.findSequence(sequence);
    const event = sequence - this.runs.sequenceAt(index);
    if (index >= this.runs.length || event < 0) return false;
    this.rewriteRun(index, event);
    return true;
  }

  replaceRun(sequence: number, envelopes: Uint8Array, after: Uint8Array): boolean {
    if (sequence < this.firstSequence || sequence > this.lastSequence) return false;
    this.settleTail(sequence);
    const index = this.runs.findSequence(sequence);
    if (index >= this.runs.length || this.runs.sequenceAt(index) !== sequence) return false;
    this.writeAnew(index, envelopes, after);
    return true;
  }

  reset(nowUs: number): void {
    this.restart(this.share.nextEpoch(Math.max(nowUs, this.epoch + 1)), 0);
  }

  resetTo(head: LogHead): void {
    this.restart(head.epoch, head.lastSequence);
    // Times are the log's from now on.
    this.lastTimeUs = 0;
  }

  private restart(epoch: number, lastSequence: number): void {
    this.share.addBytes(-this.byteCount);
    this.epoch = epoch;
    this.epochField = encodeEpoch(epoch);
    this.stamped.epoch = this.epochField;
    this.lastSequence = lastSequence;
    this.heldAfter = lastSequence;
    this.eventCount = 0;
    this.byteCount = 0;
    this.tailStart = noTail;
    this.newest.offset = noTail;
    this.runs.clear();
    this.slabs.clear();
    this.producers.clear();
  }

  sweep(nowUs: number): void {
    this.trim(nowUs);
    this.producers.forgetIdle(nowUs);
  }

  private trim(nowUs: number): void {
    const { maxEvents, maxBytes, maxAgeMs } = this.options.retention;
    const oldestUs = nowUs - maxAgeMs * 1000;
    while (this.runs.length > 0 && (this.eventCount > maxEvents || this.byteCount > maxBytes || this.runs.timeAt(0) < oldestUs)) {
      this.dropOldest();
    }
  }

  /** Drops the oldest run; false when none is held. */
  dropOldest(): boolean {
    if (this.runs.length === 0) return false;
    const bytes = this.runs.lengthAt(0);
    this.heldAfter = this.runs.sequenceAt(0) + this.runs.countAt(0) - 1;
    this.eventCount -= this.runs.countAt(0);
    this.byteCount -= bytes;
    this.share.addBytes(-bytes);
    this.slabs.releaseRun(this.runs.slabAt(0));
    this.runs.shift();
    return true;
  }

  dropThrough(sequence: number): void {
    if (sequence > this.lastSequence) return;
    this.settleTail(sequence);
    while (this.runs.length > 0 && this.runs.sequenceAt(0) <= sequence) {
      const offset = this.runs.offsetAt(0);
      if (sequence < this.runs.sequenceAt(0) + this.runs.countAt(0)) this.slabs.bytesOf(this.runs.slabAt(0)).fill(0, offset, offset + this.runs.lengthAt(0));
      this.dropOldest();
    }
  }

  /** The pending frame must stay in one piece: it is taken before a run of it is touched. */
  private settleTail(sequence: number): void {
    if (sequence > this.takenSequence) this.options.onTailFull();
    if (sequence > this.takenSequence) throw new RangeError('the pending frame was not taken');
  }

  /** Writes the run anew with a tombstone in place of one event. */
  private rewriteRun(index: number, event: number): void {
    const bytes = this.slabs.bytesOf(this.runs.slabAt(index));
    const { envelopesStart, envelopesEnd, after } = readStampedBatch(bytes, this.runs.offsetAt(index));
    this.writeAnew(index, tombstoneEnvelopes(bytes.subarray(envelopesStart, envelopesEnd), event), after);
  }

  /** Writes the run anew, and overwrites what it was. */
  private writeAnew(index: number, envelopes: Uint8Array, after: Uint8Array): void {
    const slab = this.runs.slabAt(index);
    const bytes = this.slabs.bytesOf(slab);
    const offset = this.runs.offsetAt(index);
    const length = this.runs.lengthAt(index);
    const { routing, sender, sequence, prev, timeUs } = readStampedBatch(bytes, offset);
    const stamped: StampedRun = { routing, sender, epoch: this.epochField, sequence, prev, timeUs, after, replayed: false, envelopesBytes: envelopes.length };
    const rewritten = new Uint8Array(stampedBatchSize(stamped));
    rewritten.set(envelopes, writeStampedHeader(rewritten, 0, stamped));
    bytes.fill(0, offset, offset + length);
    this.runs.move(index, 0, rewritten.length, this.slabs.holdAlone(rewritten));
    this.slabs.releaseRun(slab);
    this.byteCount += rewritten.length - length;
    this.share.addBytes(rewritten.length - length);
  }

  /**
   * True when the run may join the newest one, which has not been fanned out: same publisher, no
   * dependencies, and the length of what is written stays within the bytes it has. Many small runs
   * of one turn then cost one stamp, here and at each subscriber.
   */
  private canExtend(run: RunToAppend): boolean {
    const newest = this.newest;
    return newest.offset !== noTail && newest.sender === run.sender && newest.routing === run.routing && run.after.length === 0
      && newest.contentBytes + run.view.envelopesBytes <= largestExtendedBytes && newest.count + run.count <= this.largestExtendedCount
      && this.runs.length > 0 && this.slabs.fits(run.view.envelopesBytes + 1);
  }

  private extend(run: RunToAppend): void {
    const newest = this.newest;
    const bytes = this.slabs.bytes;
    const added = run.view.envelopesBytes;
    let grown = added;
    if (newest.contentBytes < 0x80 && newest.contentBytes + added >= 0x80) {
      // The length takes a second byte: the content moves on by one.
      bytes.copyWithin(newest.offset + 3, newest.offset + 2, this.slabs.writeOffset);
      this.slabs.writeOffset += 1;
      grown += 1;
    }
    newest.contentBytes += added;
    newest.count += run.count;
    writeVarint(bytes, newest.offset + 1, newest.contentBytes);
    this.slabs.writeOffset = copyEnvelopes(bytes, this.slabs.writeOffset, run.source, run.view);
    this.runs.extendLast(run.count, grown);
    run.timeUs = this.lastTimeUs;
    this.byteCount += grown;
    this.share.addBytes(grown);
  }

  private write(run: RunToAppend): void {
    const stamped = this.stamped;
    stamped.routing = run.routing;
    stamped.sender = run.sender;
    stamped.sequence = run.sequence;
    stamped.prev = run.prev;
    stamped.timeUs = run.timeUs;
    stamped.after = run.after;
    stamped.envelopesBytes = run.view.envelopesBytes;
    const sizeBytes = stampedBatchSize(stamped);
    const offset = this.makeRoom(sizeBytes);
    const bytes = this.slabs.bytes;
    const at = writeStampedHeader(bytes, offset, stamped);
    this.hold(run, offset, copyEnvelopes(bytes, at, run.source, run.view));
    this.rememberNewest(run, offset, sizeBytes);
  }

  /** Offset at which `sizeBytes` may be written, as part of the tail. */
  private makeRoom(sizeBytes: number): number {
    if (!this.slabs.fits(sizeBytes)) {
      if (this.tailStart !== noTail) this.options.onTailFull();
      this.slabs.startSlab(sizeBytes);
    }
    if (this.tailStart === noTail) {
      this.tailStart = this.slabs.writeOffset;
      this.tailPrev = this.lastSequence;
    }
    return this.slabs.writeOffset;
  }

  /** A run stands at `offset`, up to `end`. */
  private hold(run: { readonly sequence: number; readonly count: number; readonly timeUs: number }, offset: number, end: number): void {
    const sizeBytes = end - offset;
    this.slabs.writeOffset = end;
    this.slabs.holdRun();
    this.runs.push(run.sequence, run.count, run.timeUs, offset, sizeBytes, this.slabs.currentNumber);
    this.lastTimeUs = run.timeUs;
    this.byteCount += sizeBytes;
    this.share.addBytes(sizeBytes);
  }

  private rememberNewest(run: RunToAppend, offset: number, sizeBytes: number): void {
    const newest = this.newest;
    newest.offset = run.after.length === 0 ? offset : noTail;
    newest.sender = run.sender;
    newest.routing = run.routing;
    newest.count = run.count;
    // Tag and length precede the content.
    newest.contentBytes = sizeBytes - 1 - varintSize(sizeBytes < 0x82 ? sizeBytes - 2 : sizeBytes - 3);
  }
}

/** The newest run while it may grow; offset is -1 when it may not. */
interface NewestRun {
  offset: number;
  sender: Uint8Array;
  routing: Uint8Array;
  count: number;
  contentBytes: number;
}

/** Bytes up to which a batch's length takes two bytes; larger runs stand alone. */
const largestExtendedBytes = 0x3fff;
const largestExtendedCount = 1_024;
/** Part of what history keeps that one run may grow to: runs are trimmed whole. */
const largestExtendedShare = 1 / 16;


/** True when the envelope has the id that stands at `idStart`. */
function holdsId(bytes: Uint8Array, start: number, end: number, id: Uint8Array, idStart: number): boolean {
  const at = envelopeIdStart(bytes, start, end);
  if (at < 0) return false;
  for (let i = 0; i < 16; i += 1) {
    if (bytes[at + i] !== id[idStart + i]) return false;
  }
  return true;
}

/** Reads Stamp fields 3 and 4 as `encodeSender` wrote them: string sender, fixed64 session. */
function readSender(field: Uint8Array): EventOrigin {
  // The session's tag and 8 bytes end the field; a client id of 128 bytes has a length of two bytes.
  const end = field.length - 9;
  const start = (field[1] ?? 0) > 127 ? 3 : 2;
  return { sender: new TextDecoder().decode(field.subarray(start, end)), session: readFixed64(field, end + 1) };
}
