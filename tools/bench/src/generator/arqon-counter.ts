import { fromBinary } from '@bufbuild/protobuf';
import { BatchSchema, type Envelope } from '@arqonbus/proto';
import type { MessageCounter } from './message-counter.js';
import { readIndex } from './payload.js';
import type { SegmentSink } from './websocket-reader.js';

/** Bytes that hold a batch's tag, length, fields before the envelopes, and the first envelope's index. */
const headBytes = 384;
const batchTag = 0x0a;
const envelopeTag = 0x7a;

export interface ArqonCounterOptions {
  readonly counter: MessageCounter;
  /** Size of every envelope within its batch, tag and length included. */
  readonly envelopeBytes: number;
  /** Where in those bytes the payload with the index begins. */
  readonly indexOffset: number;
}

/**
 * Counts envelopes by arithmetic: all are of one size and end their batch, so a batch's length gives
 * their number, and the rest of the length is the fields before them. Shown to be right for every
 * batch by the index of its first envelope, and of the last where that is at hand; a loss therefore
 * shows at the next batch at the latest. The stamp's sequence must rise from frame to frame.
 */
export class ArqonCounter implements SegmentSink {
  private readonly carry = Buffer.alloc(2 * headBytes);
  private carryLength = 0;
  private skip = 0;
  private isStampDue = false;
  private lastSequence = 0;
  private bodyStart = 0;

  constructor(private readonly options: ArqonCounterOptions) {}

  segment(bytes: Buffer, start: number, end: number, isFirst: boolean, isLast: boolean): void {
    if (isFirst) this.isStampDue = true;
    let position = this.takeSkipped(start, end);
    position = this.readCarried(bytes, position, end, isLast);
    while (position < end) {
      if (end - position < headBytes && !isLast) {
        this.carryLength = bytes.copy(this.carry, 0, position, end);
        return;
      }
      position += this.readBatch(bytes, position, end);
    }
    this.skip += position - end;
    if (isLast && this.skip > 0) throw new Error(`a frame ended ${this.skip} bytes before its last batch`);
  }

  private takeSkipped(start: number, end: number): number {
    const skipped = Math.min(this.skip, end - start);
    this.skip -= skipped;
    return start + skipped;
  }

  /** Reads the batches whose head began in an earlier segment; returns where the next one begins. */
  private readCarried(bytes: Buffer, start: number, end: number, isLast: boolean): number {
    let position = start;
    while (this.carryLength > 0) {
      const taken = bytes.copy(this.carry, this.carryLength, position, Math.min(end, position + headBytes));
      const available = this.carryLength + taken;
      if (available < headBytes && !isLast) {
        this.carryLength = available;
        return end;
      }
      const batchBytes = this.readBatch(this.carry, 0, available);
      if (batchBytes >= this.carryLength) {
        position += batchBytes - this.carryLength;
        this.carryLength = 0;
      } else {
        this.carry.copyWithin(0, batchBytes, this.carryLength);
        this.carryLength -= batchBytes;
      }
    }
    return position;
  }

  /** Checks and counts the batch at `position`; returns its size, of which part may still be to come. */
  private readBatch(bytes: Buffer, position: number, end: number): number {
    if (bytes[position] !== batchTag) throw new Error(`not a batch: ${bytes.toString('hex', position, Math.min(end, position + 16))}`);
    const { envelopeBytes, indexOffset, counter } = this.options;
    const length = this.readLength(bytes, position + 1);
    const body = this.bodyStart;
    const count = Math.floor(length / envelopeBytes);
    const envelopes = body + (length - count * envelopeBytes);
    const size = body + length - position;
    if (count === 0 || bytes[envelopes] !== envelopeTag || readIndex(bytes, envelopes + indexOffset) !== counter.dueIndex) {
      this.judgeOther(bytes, body, length, end);
      return size;
    }
    const lastIndexAt = body + length - envelopeBytes + indexOffset;
    if (lastIndexAt + 4 <= end && readIndex(bytes, lastIndexAt) !== counter.indexAfter(count - 1)) {
      throw new Error(`envelopes reordered within a run, after ${counter.received} messages`);
    }
    if (this.isStampDue) this.checkStamp(bytes, body, envelopes);
    counter.advance(count);
    return size;
  }

  /** The varint at `position`; leaves the place behind it in `bodyStart`. */
  private readLength(bytes: Buffer, position: number): number {
    let value = 0;
    let factor = 1;
    let place = position;
    for (;;) {
      const byte = bytes[place];
      place += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) break;
      factor *= 128;
    }
    this.bodyStart = place;
    return value;
  }

  private checkStamp(bytes: Buffer, start: number, end: number): void {
    this.isStampDue = false;
    const sequence = this.readSequence(bytes, start, end);
    if (sequence <= this.lastSequence) throw new Error(`stamp sequence ${sequence} does not rise above ${this.lastSequence}`);
    this.lastSequence = sequence;
  }

  /** Stamp.sequence of the batch whose fields before the envelopes are `[start, end)`. */
  private readSequence(bytes: Buffer, start: number, end: number): number {
    let place = start;
    while (place < end) {
      const tag = bytes[place];
      const wireType = tag & 7;
      if (wireType === 1) place += 9;
      else {
        const value = this.readLength(bytes, place + 1);
        place = this.bodyStart;
        // Batch.stamp (6) is a message whose first field is Stamp.sequence (1), a varint.
        if (tag === 0x32) return bytes[place] === 0x08 ? this.readLength(bytes, place + 1) : 0;
        if (wireType === 2) place += value;
      }
    }
    throw new Error('a run of events has no stamp');
  }

  /** A batch that is not the due run: a topic's head is fine, everything else ends the run of the bench. */
  private judgeOther(bytes: Buffer, start: number, length: number, end: number): void {
    if (start + length > end) throw this.disorder(bytes, start, length);
    const batch = fromBinary(BatchSchema, bytes.subarray(start, start + length));
    for (const envelope of batch.envelopes) assertHarmless(envelope, this.options.counter);
  }

  private disorder(bytes: Buffer, start: number, length: number): Error {
    const { envelopeBytes, indexOffset, counter } = this.options;
    const envelopes = start + (length % envelopeBytes);
    return bytes[envelopes] === envelopeTag
      ? counter.disorder(readIndex(bytes, envelopes + indexOffset))
      : new Error(`unexpected batch of ${length} bytes: ${bytes.toString('hex', start, start + 64)}`);
  }
}

/** Raises `Error` for a refusal, a gap, a goodbye or a message out of order. */
export function assertHarmless(envelope: Envelope, counter?: MessageCounter): void {
  const { body } = envelope;
  if (body.case === 'error') throw new Error(`the server refused: ${body.value.code} ${body.value.message} ${body.value.field}`);
  if (body.case === 'event' && counter !== undefined) throw counter.disorder(readIndex(Buffer.from(body.value.payload), 0));
  const isBenign = body.case === 'signal' && body.value.body.case === 'tokenExpiring';
  if (!isBenign) throw new Error(`the server sent ${body.case ?? 'an empty envelope'} ${body.case === 'signal' ? (body.value.body.case ?? '') : ''}`);
}
