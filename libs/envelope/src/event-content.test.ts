import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { BatchSchema, EnvelopeSchema, FrameSchema, type Envelope } from '@arqonbus/proto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventContent, readEventContent, replaceEventContent } from './event-content.js';
import { FrameReader } from './frame-reader.js';
import { replaceEnvelopes } from './replace-envelopes.js';

const utf8 = new TextDecoder();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

const headers = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 8 }), { maxKeys: 3 });
const envelope: fc.Arbitrary<Envelope> = fc
  .record({
    id: fc.uint8Array({ minLength: 16, maxLength: 16 }), type: fc.string({ minLength: 1, maxLength: 12 }), payload: fc.uint8Array({ minLength: 1, maxLength: 300 }), headers,
    intent: fc.string({ maxLength: 8 }), capabilities: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 2 }), tracestate: fc.constantFrom('', 'a=1'),
    isReply: fc.boolean(),
  })
  .map(({ type, payload, isReply, ...rest }) => {
    const event = { type, payload };
    return create(EnvelopeSchema, {
      ...rest, body: isReply ? { case: 'reply', value: { requestId: new Uint8Array(16), body: { case: 'event', value: event } } } : { case: 'event', value: event },
    });
  });

function eventOf(message: Envelope): { type: string; payload: Uint8Array } {
  const { body } = message;
  if (body.case === 'event') return body.value;
  if (body.case === 'reply' && body.value.body.case === 'event') return body.value.body.value;
  throw new Error('no event');
}

describe('content of an envelope', () => {
  it('is found where it stands', () => {
    fc.assert(fc.property(envelope, (message) => {
      const bytes = toBinary(EnvelopeSchema, message);
      const content = new EventContent();
      expect(readEventContent(bytes, 0, bytes.length, content)).toBe(true);
      const { type, payload } = eventOf(message);
      expect(utf8.decode(bytes.subarray(content.typeStart, content.typeEnd))).toBe(type);
      expect(bytes.subarray(content.payloadStart, content.payloadEnd)).toEqual(payload);
      const texts = content.texts.map((range) => [utf8.decode(bytes.subarray(range.nameStart, range.nameEnd)), utf8.decode(bytes.subarray(range.valueStart, range.valueEnd))]);
      const named = [...Object.entries(message.headers)];
      for (const [name, value] of named) expect(texts).toContainEqual([name, value]);
      expect(texts).toHaveLength(named.length + message.capabilities.length + (message.intent === '' ? 0 : 1) + (message.tracestate === '' ? 0 : 1));
    }));
  });

  it('is replaced and nothing else', () => {
    fc.assert(fc.property(envelope, fc.uint8Array({ minLength: 1, maxLength: 200 }), (message, payload) => {
      const bytes = toBinary(EnvelopeSchema, message);
      const content = new EventContent();
      readEventContent(bytes, 0, bytes.length, content);
      const texts = new Map(content.texts.map((_, index) => [index, bytesOf('masked')]));
      const read = fromBinary(EnvelopeSchema, replaceEventContent(bytes, 0, bytes.length, { payload, texts }));
      expect(eventOf(read)).toMatchObject({ type: eventOf(message).type, payload });
      expect(read.id).toEqual(message.id);
      expect(Object.keys(read.headers).sort()).toEqual(Object.keys(message.headers).sort());
      expect(Object.values(read.headers).every((value) => value === 'masked')).toBe(true);
      expect(read.capabilities).toEqual(message.capabilities.map(() => 'masked'));
      expect(read.intent).toBe(message.intent === '' ? '' : 'masked');
    }));
  });
});

describe('replaceEnvelopes', () => {
  it('gives a batch that the reader accepts, with the replaced envelopes in their places', () => {
    fc.assert(fc.property(fc.array(envelope, { minLength: 1, maxLength: 4 }), fc.integer({ min: 0, max: 3 }), (messages, at) => {
      const events = messages.map((message) => create(EnvelopeSchema, { ...message, body: { case: 'event', value: { type: 't', payload: eventOf(message).payload, $typeName: 'arqon.v1.Event' } } }));
      const index = at % events.length;
      const frame = toBinary(FrameSchema, create(FrameSchema, { batches: [create(BatchSchema, { room: 'plans', channel: 'main', ack: true, producer: 7n, run: 3n, envelopes: events })] }));
      const reader = new FrameReader({ maxEnvelopeBytes: 200_000, maxEventsPerRun: 10 });
      expect(reader.read(frame, 0, frame.length)).toBe(true);
      const changed = toBinary(EnvelopeSchema, create(EnvelopeSchema, { id: events[index].id, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', body: { case: 'event', value: { type: 't', payload: bytesOf('new') } } }));
      const { bytes, view } = replaceEnvelopes(frame, reader.batch(0), events.map((_, i) => (i === index ? changed : undefined)));
      const batch = fromBinary(BatchSchema, bytes);
      expect(batch).toMatchObject({ room: 'plans', channel: 'main', producer: 7n, run: 3n });
      expect(batch.envelopes.map((one) => one.id)).toEqual(events.map((one) => one.id));
      expect(utf8.decode(eventOf(batch.envelopes[index]).payload)).toBe('new');
      expect(utf8.decode(bytes.subarray(view.roomStart, view.roomEnd))).toBe('plans');
      expect(utf8.decode(bytes.subarray(view.channelStart, view.channelEnd))).toBe('main');
      expect(bytes.subarray(view.firstIdStart, view.firstIdStart + 16)).toEqual(events[0].id);
      expect(view.traceparentStart >= 0).toBe(index === 0);
      const again = new FrameReader({ maxEnvelopeBytes: 200_000, maxEventsPerRun: 10 });
      const reframed = toBinary(FrameSchema, create(FrameSchema, { batches: [batch] }));
      expect(again.read(reframed, 0, reframed.length)).toBe(true);
      expect(again.batch(0).envelopesBytes).toBe(view.envelopesBytes);
    }));
  });
});
