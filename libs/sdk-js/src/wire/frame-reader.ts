import { WireReader } from './wire-reader.js';

/** A place in a topic's history. `channel` is empty for a room's main channel and for inboxes. */
export interface ChannelPosition {
  readonly channel: string;
  readonly epoch: bigint;
  readonly sequence: bigint;
}

/** What content inspection found in an event (arqon.v1.Inspection). */
export interface Inspection {
  readonly kind: string;
  readonly riskLevel: string;
  readonly flags: readonly string[];
  readonly reasonCode: string;
  readonly decision: string;
}

/** Lease of a group's task (arqon.v1.Task). */
export interface Lease {
  group: string;
  leaseMs: number;
  /** Counted from 1. */
  attempt: number;
}

/** What the server vouches for, of one run (arqon.v1.Stamp). */
export interface Stamp {
  sequence: bigint;
  timeUs: bigint;
  sender: string;
  session: bigint;
  epoch: bigint;
  prev: bigint;
  after: ChannelPosition[];
  inspection: Inspection | undefined;
  replayed: boolean;
  /** Set when the event is a leased task of a group. */
  task: Lease | undefined;
}

/** One batch of a received frame. Envelopes stay undecoded: `spans` holds the start and end offset of each within `bytes`. */
export interface InboundBatch {
  readonly bytes: Uint8Array;
  room: string;
  channel: string;
  recipient: string;
  stamp: Stamp | undefined;
  spans: number[];
}

const batchTag = 0x0a;
const envelopeTag = 0x7a;

/** Reads a frame. Unknown fields are ignored; a malformed frame raises ArqonError MALFORMED_FRAME. */
export function readFrame(bytes: Uint8Array): InboundBatch[] {
  const reader = new WireReader(bytes);
  const batches: InboundBatch[] = [];
  while (reader.at < bytes.length) {
    const tag = reader.number();
    if (tag === batchTag) batches.push(readBatch(reader, reader.span()));
    else reader.skip(tag);
  }
  return batches;
}

function readBatch(reader: WireReader, batchEnd: number): InboundBatch {
  const batch: InboundBatch = { bytes: reader.bytes, room: '', channel: '', recipient: '', stamp: undefined, spans: [] };
  const spans = batch.spans;
  const outerEnd = reader.end;
  reader.end = batchEnd;
  while (reader.at < batchEnd) {
    const tag = reader.number();
    if (tag === envelopeTag) {
      const envelopeEnd = reader.span();
      spans.push(reader.at, envelopeEnd);
      reader.at = envelopeEnd;
    } else if (tag === 0x0a) batch.room = reader.text();
    else if (tag === 0x12) batch.channel = reader.text();
    else if (tag === 0x1a) batch.recipient = reader.text();
    else if (tag === 0x32) batch.stamp = readStamp(reader, reader.span());
    else reader.skip(tag);
  }
  reader.end = outerEnd;
  return batch;
}

function readStamp(reader: WireReader, stampEnd: number): Stamp {
  const stamp: Stamp = {
    sequence: 0n, timeUs: 0n, sender: '', session: 0n, epoch: 0n, prev: 0n, after: [], inspection: undefined, replayed: false, task: undefined,
  };
  const outerEnd = reader.end;
  reader.end = stampEnd;
  while (reader.at < stampEnd) {
    const tag = reader.number();
    if (tag === 0x08) stamp.sequence = reader.uint64();
    else if (tag === 0x11) stamp.timeUs = reader.sfixed64();
    else if (tag === 0x1a) stamp.sender = reader.text();
    else if (tag === 0x21) stamp.session = reader.fixed64();
    else if (tag === 0x29) stamp.epoch = reader.fixed64();
    else if (tag === 0x30) stamp.prev = reader.uint64();
    else if (tag === 0x48) stamp.replayed = reader.bool();
    else readRareStampField(reader, tag, stamp);
  }
  reader.end = outerEnd;
  return stamp;
}

function readRareStampField(reader: WireReader, tag: number, stamp: Stamp): void {
  if (tag === 0x3a) stamp.after.push(readPosition(reader, reader.span()));
  else if (tag === 0x42) stamp.inspection = readInspection(reader, reader.span());
  else if (tag === 0x52) stamp.task = readLease(reader, reader.span());
  else reader.skip(tag);
}

function readLease(reader: WireReader, leaseEnd: number): Lease {
  const lease: Lease = { group: '', leaseMs: 0, attempt: 0 };
  reader.fields(leaseEnd, (field) => {
    if (field === 1) lease.group = reader.text();
    else if (field === 2) lease.leaseMs = reader.number();
    else if (field === 3) lease.attempt = reader.number();
  });
  return lease;
}

/** Reads an arqon.v1.Position that ends at `positionEnd`. */
export function readPosition(reader: WireReader, positionEnd: number): ChannelPosition {
  let channel = '';
  let epoch = 0n;
  let sequence = 0n;
  reader.fields(positionEnd, (field) => {
    if (field === 1) channel = reader.text();
    else if (field === 2) epoch = reader.fixed64();
    else if (field === 3) sequence = reader.uint64();
  });
  return { channel, epoch, sequence };
}

function readInspection(reader: WireReader, inspectionEnd: number): Inspection {
  const found = { kind: '', riskLevel: '', flags: [] as string[], reasonCode: '', decision: '' };
  reader.fields(inspectionEnd, (field) => {
    if (field === 1) found.kind = reader.text();
    else if (field === 2) found.riskLevel = reader.text();
    else if (field === 3) found.flags.push(reader.text());
    else if (field === 4) found.reasonCode = reader.text();
    else if (field === 5) found.decision = reader.text();
  });
  return found;
}
