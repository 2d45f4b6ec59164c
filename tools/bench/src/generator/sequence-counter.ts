import { fromBinary } from '@bufbuild/protobuf';
import { EnvelopeSchema, type Envelope } from '@arqonbus/proto';
import { readIndex } from './payload.js';

export interface SequenceCounterOptions {
  /** Where in an envelope of the load, tag and length included, the payload's index begins. */
  readonly indexOffset: number;
  /** Messages carry their place in the topic modulo this number. */
  readonly ringMessageCount: number;
  /** Whatever is no event of the topic, e.g. the reply that ends a page. */
  readonly onOther: (envelope: Envelope) => void;
}

const batchTag = 0x0a;
const stampTag = 0x32;
const envelopeTag = 0x7a;
const eventTag = 0x12;
/** Field 1, 16 bytes: tag, length, id. */
const idFieldBytes = 18;

/**
 * Counts the events of whole frames one by one: sequences follow one another without a hole, and each event is the one that was published
 * under its sequence. For history, where batches are cut at the edges of pages.
 */
export class SequenceCounter {
  /** Events seen so far. */
  received = 0;
  private position = 0;

  /** @param dueSequence of the first event that is to come; events of the load begin at sequence 1 with index 0 */
  constructor(private readonly options: SequenceCounterOptions, private dueSequence: number) {}

  /** Sequence that the next event must have. */
  get due(): number {
    return this.dueSequence;
  }

  /** From now on another window is read. */
  restartAt(dueSequence: number): void {
    this.dueSequence = dueSequence;
  }

  /** Raises `Error` for a hole, a double, another order or another event. */
  readFrame(frame: Buffer): void {
    this.position = 0;
    while (this.position < frame.length) {
      if (frame[this.position] !== batchTag) throw new Error(`not a batch: ${frame.toString('hex', this.position, this.position + 16)}`);
      this.position += 1;
      const length = this.readVarint(frame);
      this.readBatch(frame, this.position + length);
    }
  }

  private readBatch(frame: Buffer, end: number): void {
    let sequence = 0;
    let count = 0;
    while (this.position < end) {
      const tag = frame[this.position];
      this.position += 1;
      if ((tag & 7) === 1) this.position += 8;
      else if ((tag & 7) === 0) this.readVarint(frame);
      else {
        const length = this.readVarint(frame);
        const start = this.position;
        if (tag === stampTag) sequence = this.readSequence(frame);
        else if (tag === envelopeTag) count += this.readEnvelope(frame, { start, length, sequence: sequence + count });
        this.position = start + length;
      }
    }
  }

  /** Stamp.sequence is a stamp's first field. */
  private readSequence(frame: Buffer): number {
    if (frame[this.position] !== 0x08) return 0;
    this.position += 1;
    return this.readVarint(frame);
  }

  /** 1 for an event of the load, 0 for anything else. The stamp stands before the envelopes. */
  private readEnvelope(frame: Buffer, { start, length, sequence }: { start: number; length: number; sequence: number }): number {
    if (frame[start + idFieldBytes] !== eventTag) {
      this.options.onOther(fromBinary(EnvelopeSchema, frame.subarray(start, start + length)));
      return 0;
    }
    if (sequence !== this.dueSequence) throw new Error(`lost or reordered after ${this.received} messages: expected sequence ${this.dueSequence}, found ${sequence}`);
    const { indexOffset, ringMessageCount } = this.options;
    // Behind the envelope's tag and its length of two bytes.
    const index = readIndex(frame, start - 3 + indexOffset);
    const expected = (sequence - 1) % ringMessageCount;
    if (index !== expected) throw new Error(`another message under sequence ${sequence}: expected index ${expected}, found ${index}`);
    this.dueSequence += 1;
    this.received += 1;
    return 1;
  }

  private readVarint(frame: Buffer): number {
    let value = 0;
    let factor = 1;
    for (;;) {
      const byte = frame[this.position];
      this.position += 1;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 128;
    }
  }
}
