import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  BatchSchema, CommandSchema, Durability, EnvelopeSchema, FrameSchema, ReplySchema, SignalSchema, ErrorSchema, type Frame,
} from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeCommandBatch, type ClientCommand } from './command-writer.js';
import { readError, readSignal } from './control-reader.js';
import { findParts, idKey, idText, readEvent, readMetadata } from './envelope-reader.js';
import { readFrame } from './frame-reader.js';
import { IdSource } from './id-source.js';
import { readReply } from './reply-reader.js';
import { RunWriter, TypeCache, writeBatchHeader, writeFrame } from './run-writer.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const bytes = fc.uint8Array({ maxLength: 300 });
const text = fc.string({ unit: 'grapheme', maxLength: 80 });
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const position = fc.record({ channel: text, epoch: uint64, sequence: uint64 });

describe('RunWriter', () => {
  const event = fc.record({ type: text, payload: bytes, id: fc.option(id, { nil: undefined }), extras: fc.constant(undefined), replyTo: fc.option(id, { nil: undefined }) });
  const route = fc.record({ room: text, channel: text, recipient: text, recipientSession: uint64, after: fc.array(position, { maxLength: 3 }) });

  it('writes what @bufbuild/protobuf reads back', () => {
    fc.assert(fc.property(fc.array(event, { minLength: 1, maxLength: 5 }), route, uint64, uint64, (events, to, producer, run) => {
      const writer = new RunWriter(new IdSource(), new TypeCache());
      for (const each of events) writer.add(each);
      const frame = fromBinary(FrameSchema, writeFrame([[writeBatchHeader(to, producer, run), writer.view()], [writer.view()]]));
      const [batch] = frame.batches;
      expect(frame.batches[1].envelopes).toHaveLength(events.length);
      expect(batch).toMatchObject({ ...to, ack: run !== 0n, producer: run === 0n ? 0n : producer, run });
      batch.envelopes.forEach((envelope, index) => {
        const { id: wanted, type, payload, replyTo } = events[index];
        expect(envelope.id).toEqual(wanted ?? envelope.id);
        expect(writer.idAt(index)).toEqual(envelope.id);
        const reply = envelope.body.case === 'reply' ? envelope.body.value : undefined;
        expect(reply?.requestId).toEqual(replyTo);
        const body = reply?.body ?? envelope.body;
        expect(body).toMatchObject({ case: 'event', value: { type, payload } });
      });
    }));
  });

  it('takes events out of a run', () => {
    fc.assert(fc.property(fc.array(fc.tuple(bytes, fc.boolean()), { minLength: 1, maxLength: 8 }), (events) => {
      const writer = new RunWriter(new IdSource(), new TypeCache());
      for (const [payload] of events) writer.add({ type: 't', payload, id: undefined, extras: undefined, replyTo: undefined });
      writer.drop((index) => events[index][1]);
      const kept = events.filter(([, keep]) => keep).map(([payload]) => payload);
      const { envelopes } = fromBinary(BatchSchema, writer.view());
      expect(writer.count).toBe(kept.length);
      expect(envelopes.map((envelope) => (envelope.body.case === 'event' ? envelope.body.value.payload : undefined))).toEqual(kept);
      envelopes.forEach((envelope, index) => expect(writer.idAt(index)).toEqual(envelope.id));
    }));
  });
});

describe('writeCommandBatch()', () => {
  const window = fc.record({
    room: text, channel: text, recipient: text, fromSequence: uint64, toSequence: uint64, fromTimeUs: int64, toTimeUs: int64, limit: fc.nat({ max: 2 ** 32 - 1 }), epoch: uint64,
  });
  const topic = { room: text, channel: text };
  const command: fc.Arbitrary<ClientCommand> = fc.oneof(
    fc.record({ kind: fc.constantFrom('ping' as const, 'status' as const) }),
    fc.record({ kind: fc.constant('join' as const), ...topic, allChannels: fc.boolean(), resume: fc.array(position, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('leave' as const), ...topic, allChannels: fc.boolean() }),
    fc.record({ kind: fc.constant('listChannels' as const), room: text }),
    fc.record({ kind: fc.constantFrom('channelInfo' as const, 'createChannel' as const, 'deleteChannel' as const), ...topic }),
    fc.record({ kind: fc.constant('history' as const), window }),
    fc.record({ kind: fc.constant('refreshToken' as const), token: text }),
  );

  it('writes what @bufbuild/protobuf reads back', () => {
    fc.assert(fc.property(id, command, (commandId, wanted) => {
      const { envelopes: [envelope] } = fromBinary(BatchSchema, writeCommandBatch(commandId, wanted));
      expect(envelope.id).toEqual(commandId);
      const body = envelope.body.case === 'command' ? envelope.body.value.body : undefined;
      expect(body?.case).toBe(wanted.kind === 'history' ? 'historyGet' : wanted.kind);
      const { kind: _, ...fields } = wanted.kind === 'history' ? { kind: '', ...wanted.window } : wanted;
      expect(body?.value).toMatchObject(fields);
      expect(toBinary(CommandSchema, create(CommandSchema, { body: body ?? { case: undefined } }))).toHaveLength(toBinary(EnvelopeSchema, envelope).length - 18 - lengthOverhead(envelope.body.case === 'command' ? toBinary(CommandSchema, envelope.body.value).length : 0));
    }));
  });
});

describe('readFrame()', () => {
  const stamp = fc.record({
    sequence: uint64, timeUs: int64, sender: text, session: uint64, epoch: uint64, prev: uint64, after: fc.array(position, { maxLength: 2 }), replayed: fc.boolean(),
    inspection: fc.option(fc.record({ kind: text, riskLevel: text, flags: fc.array(text, { maxLength: 2 }), reasonCode: text, decision: text }), { nil: undefined }),
  });
  const envelope = fc.record({
    id, type: text, payload: bytes, traceparent: text, tracestate: text, headers: fc.dictionary(text, text, { maxKeys: 3 }), capabilities: fc.array(text, { maxLength: 2 }), intent: text, parentId: id,
  });
  const batch = fc.record({ room: text, channel: text, recipient: text, stamp: fc.option(stamp, { nil: undefined }), envelopes: fc.array(envelope, { maxLength: 4 }) });

  it('reads what @bufbuild/protobuf wrote', () => {
    fc.assert(fc.property(fc.array(batch, { maxLength: 3 }), (batches) => {
      const frame = toBinary(FrameSchema, create(FrameSchema, {
        batches: batches.map(({ stamp: given, envelopes, ...rest }) => ({
          ...rest, ...(given === undefined ? {} : { stamp: { ...given, inspection: given.inspection } }),
          envelopes: envelopes.map(({ type, payload, ...metadata }) => ({ ...metadata, body: { case: 'event' as const, value: { type, payload } } })),
        })),
      }));
      const read = readFrame(frame);
      expect(read).toHaveLength(batches.length);
      read.forEach((each, index) => compareBatch(each, batches[index], frame));
    }));
  });

  it('refuses truncated frames with MALFORMED_FRAME and never reads past the end', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
      try {
        for (const each of readFrame(noise)) expect(each.spans.every((at) => at <= noise.length)).toBe(true);
      } catch (error) {
        expect(error).toMatchObject({ code: 'MALFORMED_FRAME' });
      }
    }));
    const frame: Frame = create(FrameSchema, { batches: [{ room: 'plans', envelopes: [{ id: new Uint8Array(16) }] }] });
    const whole = toBinary(FrameSchema, frame);
    expect(() => readFrame(whole.subarray(0, whole.length - 1))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }) as Error);
  });

  it('refuses text that is not UTF-8', () => {
    expect(() => readFrame(new Uint8Array([0x0a, 0x03, 0x0a, 0x01, 0xff]))).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }) as Error);
  });
});

function compareBatch(
  each: ReturnType<typeof readFrame>[number],
  wanted: { room: string; channel: string; recipient: string; stamp: object | undefined; envelopes: readonly { id: Uint8Array; type: string; payload: Uint8Array; headers: object; parentId: Uint8Array }[] },
  frame: Uint8Array,
): void {
  expect([each.room, each.channel, each.recipient]).toEqual([wanted.room, wanted.channel, wanted.recipient]);
  if (wanted.stamp === undefined) expect(each.stamp).toBeUndefined();
  else expect(each.stamp).toMatchObject(wanted.stamp);
  expect(each.spans).toHaveLength(wanted.envelopes.length * 2);
  wanted.envelopes.forEach((envelope, index) => {
    const [start, end] = [each.spans[index * 2], each.spans[index * 2 + 1]];
    const parts = findParts(frame, start, end);
    expect(frame.subarray(parts.idAt, parts.idAt + 16)).toEqual(envelope.id);
    expect(idKey(frame, parts.idAt)).toHaveLength(16);
    expect(idText(frame, parts.idAt).replaceAll('-', '')).toBe(Buffer.from(envelope.id).toString('hex'));
    expect(readEvent(frame, parts.bodyAt, parts.bodyEnd)).toEqual({ type: envelope.type, payload: envelope.payload });
    const { id: _id, type: _type, payload: _payload, ...metadata } = envelope;
    expect(readMetadata(frame, start, end)).toEqual(metadata);
  });
}

describe('readSignal(), readReply() and readError()', () => {
  it('read published signals as @bufbuild/protobuf wrote them', () => {
    fc.assert(fc.property(uint64, uint64, uint64, uint64, fc.constantFrom(1, 2, 3, 4), fc.boolean(), (producer, run, sequence, epoch, durability, duplicate) => {
      const written = toBinary(SignalSchema, create(SignalSchema, { body: { case: 'published', value: { producer, run, sequence, epoch, durability, duplicate, count: 1 } } }));
      const names = ['', 'MEMORY', 'STORE', 'FSYNC', 'QUORUM'];
      expect(readSignal(written, 0, written.length)).toEqual({ kind: 'published', producer, run, sequence, epoch, duplicate, durability: names[durability] });
    }));
    expect(Durability.QUORUM).toBe(4);
  });

  it('read welcome, gap, draining and disconnect, and an unknown signal as such', () => {
    const signals: [NonNullable<MessageInitShape<typeof SignalSchema>['body']>, object][] = [
      [{ case: 'welcome', value: { clientId: 'me', session: 5n, server: 's', heartbeatMs: 25_000, expiresAtUs: -3n, capabilities: ['x'], limits: { maxFrameBytes: 1, maxBytesPerSecond: 7n, maxBytesInFlight: 8 } } },
        { kind: 'welcome', clientId: 'me', session: 5n, heartbeatMs: 25_000, expiresAtUs: -3n, capabilities: ['x'], limits: { maxFrameBytes: 1, maxBytesPerSecond: 7, maxBytesInFlight: 8, maxEventsPerRun: 0 } }],
      [{ case: 'gap', value: { room: 'r', channel: 'c', after: { sequence: 1n }, resumesAt: { epoch: 2n, sequence: 3n }, reason: 'LIMIT' } },
        { kind: 'gap', room: 'r', channel: 'c', after: { sequence: 1n }, resumesAt: { epoch: 2n, sequence: 3n }, reason: 'LIMIT' }],
      [{ case: 'tokenExpiring', value: { expiresAtUs: 9n } }, { kind: 'tokenExpiring', expiresAtUs: 9n }],
      [{ case: 'draining', value: { reconnectAfterMsMin: 1, reconnectAfterMsMax: 2 } }, { kind: 'draining', minMs: 1, maxMs: 2 }],
      [{ case: 'disconnect', value: { code: 4503, reason: 'r' } }, { kind: 'disconnect', code: 4503, reason: 'r' }],
      [{ case: 'presence', value: { room: 'r', count: 3 } }, { kind: 'unknown' }],
    ];
    for (const [body, expected] of signals) {
      const written = toBinary(SignalSchema, create(SignalSchema, { body }));
      expect(readSignal(written, 0, written.length)).toMatchObject(expected);
    }
  });

  it('read replies and errors', () => {
    const requestId = new Uint8Array(16).fill(65);
    const key = 'A'.repeat(16);
    const reply = toBinary(ReplySchema, create(ReplySchema, { requestId, body: { case: 'joined', value: { positions: [{ channel: 'c', epoch: 1n, sequence: 2n }], recovered: true, reason: 'r' } } }));
    expect(readReply(reply, 0, reply.length)).toEqual({ requestKey: key, body: { kind: 'joined', positions: [{ channel: 'c', epoch: 1n, sequence: 2n }], recovered: true, reason: 'r' } });
    const error = toBinary(ErrorSchema, create(ErrorSchema, { requestId, code: 'LIMIT', message: 'm', field: 'f', retryAfterMs: 5, index: 6, run: 7n }));
    expect(readError(error, 0, error.length)).toEqual({ requestKey: key, code: 'LIMIT', message: 'm', field: 'f', retryAfterMs: 5, index: 6, run: 7n });
    const odd = toBinary(ErrorSchema, create(ErrorSchema, { requestId: new Uint8Array(3) }));
    expect(readError(odd, 0, odd.length).requestKey).toBe('');
  });
});

describe('WireReader and WireWriter', () => {
  it('carry every 64-bit number', () => {
    fc.assert(fc.property(uint64, int64, (unsigned, signed) => {
      const written = new WireWriter(1).uint(1, unsigned).fixed64(2, unsigned).fixed64(3, signed).view();
      const reader = new WireReader(written);
      const read: bigint[] = [];
      reader.fields(written.length, (field) => {
        if (field === 1) read.push(reader.uint64());
        else read.push(field === 2 ? reader.fixed64() : reader.sfixed64());
      });
      expect(read).toEqual([unsigned, unsigned, signed].filter((value) => value !== 0n));
    }));
  });

  it('refuse groups and varints without an end', () => {
    for (const wrong of [[0x0b], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], [0x09, 0x01], [0x0d, 0x01]]) {
      const reader = new WireReader(new Uint8Array(wrong));
      expect(() => reader.fields(wrong.length, () => undefined)).toThrow(expect.objectContaining({ code: 'MALFORMED_FRAME' }) as Error);
    }
  });
});

describe('IdSource', () => {
  it('makes UUIDv7s of now, all different', () => {
    const ids = new IdSource();
    const made = Array.from({ length: 1_000 }, () => idText(ids.next(), 0));
    expect(new Set(made).size).toBe(1_000);
    for (const each of made) expect(each).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Math.abs(Number.parseInt(made[0].replaceAll('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(5_000);
    expect(ids.nextProducer()).not.toBe(ids.nextProducer());
  });
});

/** Bytes of the tag and length that stand before a body of this size. */
function lengthOverhead(size: number): number {
  return size < 0x80 ? 2 : size < 0x4000 ? 3 : 4;
}
