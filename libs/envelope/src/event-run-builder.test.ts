import { isArqonError } from '@arqonbus/errors';
import { BatchSchema, EnvelopeSchema, FrameSchema } from '@arqonbus/proto';
import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeEnvelope, encodeEventEntry, type EventInit } from './event-entry.js';
import { encodeFrame, EventRunBuilder, type RunRouting } from './event-run-builder.js';
import { buildFrame } from './frame-builder.js';
import { FrameReader } from './frame-reader.js';

const reader = new FrameReader({ maxEnvelopeBytes: 262_144, maxEventsPerRun: 1_024 });
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const events: fc.Arbitrary<EventInit> = fc.record({
  id,
  type: text,
  payload: fc.uint8Array({ maxLength: 300 }),
  traceparent: text,
  tracestate: text,
  headers: fc.dictionary(text.filter((key) => key !== '__proto__'), text, { maxKeys: 3 }),
  capabilities: fc.array(text, { maxLength: 3 }),
  intent: text,
  embedding: fc.record({ model: text, values: fc.array(fc.float({ noNaN: true }), { maxLength: 4 }) }),
  parentId: id,
}, { requiredKeys: ['id', 'type', 'payload'] });

function refusalOf(action: () => unknown): { code: string; field: string | undefined } {
  try {
    action();
  } catch (error) {
    if (isArqonError(error)) return { code: error.code, field: error.field };
    throw error;
  }
  throw new Error('not refused');
}

const plain: EventInit = { id: new Uint8Array(16), type: 'a.B', payload: new Uint8Array(3) };

describe('EventRunBuilder', () => {
  it('yields a batch that the reader accepts and that decodes to what was appended', () => {
    const builder = new EventRunBuilder();
    const routings: fc.Arbitrary<RunRouting> = fc.record({
      room: fc.constant('plans'), channel: fc.constant('main'), ack: fc.boolean(),
      producer: fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }), run: fc.bigInt({ min: 1n, max: 2n ** 53n - 1n }),
      after: fc.array(fc.record({ channel: text, epoch: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), sequence: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }), { maxLength: 3 }),
    }, { requiredKeys: ['room', 'producer', 'run'] });
    fc.assert(fc.property(fc.array(events, { minLength: 1, maxLength: 5 }), routings, (list, routing) => {
      for (const event of list) builder.append(event);
      expect(builder.eventCount).toBe(list.length);
      const frame = encodeFrame([builder.finish(routing)]);
      if (!reader.read(frame, 0, frame.length)) throw new Error(`${reader.refusal.code} ${reader.refusal.field}`);
      expect(reader.batch(0).refusalCode).toBeUndefined();
      const same = buildFrame([{
        ...routing,
        after: [...(routing.after ?? [])],
        envelopes: list.map(({ type, payload, embedding, capabilities, headers, ...rest }) => ({
          ...rest,
          body: { case: 'event' as const, value: { type, payload } },
          ...(headers === undefined ? {} : { headers: { ...headers } }),
          ...(capabilities === undefined ? {} : { capabilities: [...capabilities] }),
          ...(embedding === undefined ? {} : { embedding: { model: embedding.model, values: Array.from(embedding.values) } }),
        })),
      }]);
      expect(fromBinary(FrameSchema, frame)).toEqual(fromBinary(FrameSchema, same));
      expect([builder.eventCount, builder.sizeBytes]).toEqual([0, 0]);
    }), { seed: 31, numRuns: 300 });
  });

  it('routes to one session of an inbox', () => {
    const builder = new EventRunBuilder();
    builder.append(plain);
    const batch = fromBinary(BatchSchema, builder.finish({ recipient: 'bob', recipientSession: 2n ** 63n }));
    expect(batch).toMatchObject({ recipient: 'bob', recipientSession: 2n ** 63n, room: '', ack: false, producer: 0n, run: 0n });
  });

  it('refuses numbers out of range and an acknowledgement without producer or run, and keeps the events', () => {
    const builder = new EventRunBuilder();
    builder.append(plain);
    expect(refusalOf(() => builder.finish({ room: 'a', ack: true, run: 1n }))).toEqual({ code: 'INVALID_ARGUMENT', field: 'producer' });
    expect(refusalOf(() => builder.finish({ room: 'a', ack: true, producer: 1n }))).toEqual({ code: 'INVALID_ARGUMENT', field: 'run' });
    expect(refusalOf(() => builder.finish({ room: 'a', run: 2n ** 53n }))).toEqual({ code: 'INVALID_ARGUMENT', field: 'run' });
    expect(refusalOf(() => builder.finish({ room: 'a', producer: -1n }))).toEqual({ code: 'INVALID_ARGUMENT', field: 'producer' });
    expect(refusalOf(() => builder.finish({ recipient: 'a', recipientSession: 2n ** 64n }))).toEqual({ code: 'INVALID_ARGUMENT', field: 'recipient_session' });
    expect(builder.eventCount).toBe(1);
  });

  it('refuses ids that are not 16 bytes with INVALID_ENVELOPE', () => {
    const builder = new EventRunBuilder();
    expect(refusalOf(() => builder.append({ ...plain, id: new Uint8Array(15) }))).toEqual({ code: 'INVALID_ENVELOPE', field: 'id' });
    expect(refusalOf(() => builder.append({ ...plain, parentId: new Uint8Array(0) }))).toEqual({ code: 'INVALID_ENVELOPE', field: 'parent_id' });
    expect(refusalOf(() => encodeEnvelope({ ...plain, id: new Uint8Array(17) }))).toEqual({ code: 'INVALID_ENVELOPE', field: 'id' });
    expect(refusalOf(() => encodeEventEntry({ ...plain, id: new Uint8Array(17) }))).toEqual({ code: 'INVALID_ENVELOPE', field: 'id' });
    expect(builder.eventCount).toBe(0);
  });

  it('grows over its first capacity and carries large payloads whole', () => {
    const builder = new EventRunBuilder();
    const payload = Uint8Array.from({ length: 200_000 }, (_, index) => index);
    for (let index = 0; index < 3; index++) builder.append({ ...plain, payload });
    const batch = fromBinary(BatchSchema, builder.finish({ room: 'plans' }));
    const carried = batch.envelopes.filter(({ body }) => body.case === 'event' && Buffer.compare(body.value.payload, payload) === 0);
    expect(carried.length).toBe(3);
    builder.append(plain);
    expect(fromBinary(BatchSchema, builder.finish({ room: 'plans' })).envelopes.length).toBe(1);
  });
});

describe('encodeEnvelope() and encodeEventEntry()', () => {
  it('agree with each other and with the generated codec', () => {
    fc.assert(fc.property(events, (event) => {
      const envelope = encodeEnvelope(event);
      const [decoded] = fromBinary(BatchSchema, encodeEventEntry(event)).envelopes;
      expect(fromBinary(EnvelopeSchema, envelope)).toEqual(decoded);
      expect(decoded.body).toMatchObject({ case: 'event', value: { type: event.type, payload: event.payload } });
    }), { seed: 32, numRuns: 200 });
  });
});

describe('encodeFrame()', () => {
  it('gives the heartbeat for no batches', () => {
    expect(encodeFrame([]).length).toBe(0);
    expect(buildFrame([]).length).toBe(0);
  });
});
