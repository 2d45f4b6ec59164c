import { FrameSchema, type Batch, type Frame } from '@arqonbus/proto';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect } from 'vitest';
import { readPositions } from '../src/positions.js';
import type { BatchInit } from './arbitrary-frames.js';
import type { BatchView } from '../src/batch-view.js';
import type { FrameReader } from '../src/frame-reader.js';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Limits wide enough that no generated frame meets them. */
export const wideLimits = { maxEnvelopeBytes: 983_040, maxEventsPerRun: 4_096 } as const;

/** A frame by the generated codec. */
export function frameOf(batches: BatchInit[]): Uint8Array {
  return toBinary(FrameSchema, create(FrameSchema, { batches }));
}

function textAt(bytes: Uint8Array, start: number, end: number): string {
  return start < 0 ? '' : decoder.decode(bytes.subarray(start, end));
}

/** What both an accepted BatchView and the generated codec say about a batch. */
interface BatchFacts {
  readonly kind: string;
  readonly room: string;
  readonly channel: string;
  readonly recipient: string;
  readonly recipientSession: number;
  readonly ack: boolean;
  readonly producer: bigint;
  readonly run: number;
  readonly after: { channel: string; epoch: number; sequence: number }[];
  readonly envelopeCount: number;
  readonly firstId: Uint8Array;
  readonly traceparent: string;
}

/** Numbers above the safe range are rounded, in either codec its own way. */
function safe(value: number): number {
  return Number.isSafeInteger(value) ? value : Number.POSITIVE_INFINITY;
}

function factsOfView(bytes: Uint8Array, view: BatchView): BatchFacts {
  return {
    kind: view.kind,
    room: textAt(bytes, view.roomStart, view.roomEnd),
    channel: textAt(bytes, view.channelStart, view.channelEnd),
    recipient: textAt(bytes, view.recipientStart, view.recipientEnd),
    recipientSession: view.recipientSession,
    ack: view.ack,
    producer: (BigInt(view.producerHi) << 32n) | BigInt(view.producerLo),
    run: view.run,
    after: readPositions(bytes, view).map(({ channel, epoch, sequence }) => ({ channel, epoch: safe(epoch), sequence: safe(sequence) })),
    envelopeCount: view.envelopeCount,
    firstId: bytes.slice(view.firstIdStart, view.firstIdStart + 16),
    traceparent: textAt(bytes, view.traceparentStart, view.traceparentEnd),
  };
}

function factsOfBatch(batch: Batch): BatchFacts {
  const [first] = batch.envelopes;
  return {
    kind: { event: 'events', command: 'commands', reply: 'replies' }[String(first.body.case)] ?? String(first.body.case),
    room: batch.room,
    channel: batch.channel,
    recipient: batch.recipient,
    recipientSession: batch.recipientSession < 2n ** 53n ? Number(batch.recipientSession) : Number.NaN,
    ack: batch.ack,
    producer: batch.producer,
    run: Number(batch.run),
    after: batch.after.map(({ channel, epoch, sequence }) => ({ channel, epoch: safe(Number(epoch)), sequence: safe(Number(sequence)) })),
    envelopeCount: batch.envelopes.length,
    firstId: first.id,
    traceparent: first.traceparent,
  };
}

/** Expects that an accepted frame decodes, and to what the reader's views say; gives the decoded frame. */
export function expectSameFacts(reader: FrameReader, bytes: Uint8Array): Frame {
  const frame = fromBinary(FrameSchema, bytes);
  expect(reader.batchCount).toBe(frame.batches.length);
  frame.batches.forEach((batch, index) => {
    const view = reader.batch(index);
    expect(factsOfView(bytes, view)).toEqual(factsOfBatch(batch));
    for (const envelope of batch.envelopes) {
      expect(envelope.id.length).toBe(16);
      expect(['event', 'command', 'reply']).toContain(envelope.body.case);
    }
  });
  return frame;
}
