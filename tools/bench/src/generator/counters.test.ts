import { create, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, EnvelopeSchema, FrameSchema, type Batch } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArqonCounter } from './arqon-counter.js';
import { CreditWindow } from './credit-window.js';
import { MessageCounter } from './message-counter.js';
import { NatsCounter } from './nats-counter.js';
import { createPayload } from './payload.js';
import { encodeServerFrame, pushInPieces } from '../../test/server-frame.fixture.js';
import { WebSocketReader, type SegmentSink } from './websocket-reader.js';

const ringMessageCount = 1_024;

function createCounter(): MessageCounter {
  const window = new CreditWindow({ subscriberCount: 1, chunkMessageCount: ringMessageCount, chunkLimit: 64 });
  while (window.take());
  return new MessageCounter({ ringMessageCount, window });
}

function envelopeOf(index: number): ReturnType<typeof create<typeof EnvelopeSchema>> {
  return create(EnvelopeSchema, { id: new Uint8Array(16).fill(7), body: { case: 'event', value: { type: 'application/octet-stream', payload: createPayload(index % ringMessageCount) } } });
}

const encodedEnvelope = Buffer.from(toBinary(EnvelopeSchema, envelopeOf(3)));
const layout = { envelopeBytes: encodedEnvelope.length + 3, indexOffset: encodedEnvelope.indexOf(createPayload(3)) + 3 };

function runOf(first: number, count: number): Batch {
  return create(BatchSchema, {
    room: 'bench',
    stamp: { sequence: BigInt(first + 1), timeUs: 1_700_000_000_000_000n, sender: 'bench', session: 1n, epoch: 2n, prev: BigInt(first) },
    envelopes: Array.from({ length: count }, (_, offset) => envelopeOf(first + offset)),
  });
}

function headOf(sequence: number): Batch {
  return create(BatchSchema, { room: 'bench', stamp: { sequence: BigInt(sequence), epoch: 2n } });
}

function encodeBatches(batches: Batch[]): Buffer {
  return encodeServerFrame(toBinary(FrameSchema, create(FrameSchema, { batches })));
}

function receive(sink: SegmentSink, bytes: Buffer, cuts: readonly number[] = []): void {
  const reader = new WebSocketReader({ sink, onControl: () => undefined });
  pushInPieces(bytes, cuts, (piece, start, end) => reader.push(piece, start, end));
}

function receiveBatches(frames: Batch[][], cuts: readonly number[] = []): number {
  const counter = createCounter();
  receive(new ArqonCounter({ counter, ...layout }), Buffer.concat(frames.map(encodeBatches)), cuts);
  return counter.received;
}

/** Frames of runs; a run of 0 stands for a topic's head, an empty frame for a heartbeat. */
function framesOf(shape: readonly (readonly number[])[]): { frames: Batch[][]; count: number } {
  let next = 0;
  const frames = shape.map((runs) =>
    runs.map((length) => {
      const first = next;
      next += length;
      return length === 0 ? headOf(first) : runOf(first, length);
    }),
  );
  return { frames, count: next };
}

describe('ArqonCounter', () => {
  it('counts every envelope however runs are framed and bytes are cut', () => {
    const runLength = fc.oneof(fc.constantFrom(0, 1, 1, 1, 2), fc.integer({ min: 3, max: 70 }));
    fc.assert(
      fc.property(fc.array(fc.array(runLength, { maxLength: 6 }), { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 60 }), (shape, cuts) => {
        const { frames, count } = framesOf(shape);
        expect(receiveBatches(frames, cuts)).toBe(count);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a lost run', () => {
    expect(() => receiveBatches([[runOf(0, 64)], [runOf(128, 64)]])).toThrow(/lost or reordered after 64 messages: expected index 64, found 128/);
  });

  it('refuses a run delivered twice', () => {
    expect(() => receiveBatches([[runOf(0, 64), runOf(0, 64)]])).toThrow(/expected index 64, found 0/);
  });

  it('refuses a lost or doubled run wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.boolean(), fc.array(fc.nat(), { maxLength: 20 }), (length, isDoubled, cuts) => {
        const frames = [[runOf(0, length)], [runOf(isDoubled ? 0 : 2 * length, length)]];
        expect(() => receiveBatches(frames, cuts)).toThrow();
      }),
      { numRuns: 100 },
    );
  });

  it('refuses an envelope lost within a run', () => {
    const run = runOf(0, 64);
    run.envelopes.splice(30, 1);
    expect(() => receiveBatches([[run]])).toThrow(/reordered within a run/);
  });

  it('refuses a sequence that does not rise', () => {
    const second = runOf(64, 64);
    if (second.stamp !== undefined) second.stamp.sequence = 1n;
    expect(() => receiveBatches([[runOf(0, 64)], [second]])).toThrow(/sequence 1 does not rise above 1/);
  });

  it('refuses a run without a stamp', () => {
    const run = create(BatchSchema, { room: 'bench', envelopes: [envelopeOf(0)] });
    expect(() => receiveBatches([[run]])).toThrow(/no stamp/);
  });

  it('reports what the server refused', () => {
    const refusal = create(BatchSchema, { envelopes: [{ id: new Uint8Array(16), body: { case: 'error', value: { code: 'ROOM_NOT_FOUND', message: 'no' } } }] });
    expect(() => receiveBatches([[refusal]])).toThrow(/the server refused: ROOM_NOT_FOUND/);
  });

  it('reports a gap', () => {
    const gap = create(BatchSchema, { envelopes: [{ id: new Uint8Array(16), body: { case: 'signal', value: { body: { case: 'gap', value: { reason: 'SLOW_READER' } } } } }] });
    expect(() => receiveBatches([[gap]])).toThrow(/the server sent signal gap/);
  });
});

const deliveryLine = 'MSG bench 1 128\r\n';

function receiveLines(messages: readonly (number | 'PING')[], frameEnds: readonly number[], cuts: readonly number[]): { received: number; pings: number } {
  const text = Buffer.concat(messages.map((message) => (message === 'PING' ? Buffer.from('PING\r\n') : Buffer.concat([Buffer.from(deliveryLine), createPayload(message % ringMessageCount), Buffer.from('\r\n')]))));
  const frames: Buffer[] = [];
  pushInPieces(text, frameEnds, (piece, start, end) => frames.push(encodeServerFrame(Buffer.from(piece.subarray(start, end)))));
  const counter = createCounter();
  let pings = 0;
  receive(new NatsCounter({ counter, deliveryLine, onPing: () => (pings += 1) }), Buffer.concat(frames), cuts);
  return { received: counter.received, pings };
}

describe('NatsCounter', () => {
  it('counts every message however frames and bytes are cut, with pings between', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.array(fc.nat(), { maxLength: 20 }), fc.array(fc.nat(), { maxLength: 40 }), (pingAfter, frameEnds, cuts) => {
        const messages = pingAfter.flatMap((isPing, index) => (isPing ? [index, 'PING' as const] : [index]));
        expect(receiveLines(messages, frameEnds, cuts)).toEqual({ received: pingAfter.length, pings: pingAfter.filter(Boolean).length });
      }),
      { numRuns: 200 },
    );
  });

  it('refuses a lost, a doubled and a swapped message', () => {
    expect(() => receiveLines([0, 2], [], [])).toThrow(/expected index 1, found 2/);
    expect(() => receiveLines([0, 0], [], [])).toThrow(/expected index 1, found 0/);
    expect(() => receiveLines([1, 0], [], [])).toThrow(/expected index 0, found 1/);
  });

  it('reports an error line', () => {
    const counter = createCounter();
    expect(() => receive(new NatsCounter({ counter, deliveryLine, onPing: () => undefined }), encodeServerFrame(Buffer.from("-ERR 'Slow Consumer'\r\n")))).toThrow(/-ERR 'Slow Consumer'/);
  });
});

describe('CreditWindow', () => {
  it('gives a chunk back when the last subscriber has it', () => {
    const window = new CreditWindow({ subscriberCount: 2, chunkMessageCount: 10, chunkLimit: 2 });
    expect([window.take(), window.take(), window.take()]).toEqual([true, true, false]);
    window.reached(0);
    window.reached(1);
    expect(window.take()).toBe(false);
    window.reached(0);
    expect([window.take(), window.take()]).toEqual([true, false]);
    expect([window.sentChunkCount, window.completedChunkCount]).toEqual([3, 1]);
  });

  it('rests until everything has arrived', () => {
    const window = new CreditWindow({ subscriberCount: 1, chunkMessageCount: 10, chunkLimit: 2, restAfterChunkCount: 3 });
    const taken = [window.take(), window.take()];
    window.reached(0);
    taken.push(window.take());
    window.reached(1);
    taken.push(window.take());
    window.reached(2);
    taken.push(window.take());
    expect(taken).toEqual([true, true, true, false, true]);
  });

  it('refuses messages that nobody sent', () => {
    const window = new CreditWindow({ subscriberCount: 1, chunkMessageCount: 10, chunkLimit: 2 });
    window.take();
    expect(() => window.reached(1)).toThrow(/not sent/);
  });
});
