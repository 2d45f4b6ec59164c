import type { BatchSchema, EnvelopeSchema, PositionSchema } from '@arqonbus/proto';
import type { MessageInitShape } from '@bufbuild/protobuf';
import fc from 'fast-check';

export type BatchInit = MessageInitShape<typeof BatchSchema>;
type EnvelopeInit = MessageInitShape<typeof EnvelopeSchema>;
type PositionInit = MessageInitShape<typeof PositionSchema>;

const text = fc.oneof(fc.string({ maxLength: 12 }), fc.string({ unit: 'grapheme', maxLength: 6 }));
const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,12}$/);
const id = fc.uint8Array({ minLength: 16, maxLength: 16 });
const bytes = fc.uint8Array({ maxLength: 200 });
const fixed64 = fc.oneof(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const uint64 = fixed64;
const safeUint64 = fc.oneof(fc.bigInt({ min: 0n, max: 300n }), fc.bigInt({ min: 0n, max: 2n ** 53n - 1n }));
const uint32 = fc.oneof(fc.nat({ max: 300 }), fc.integer({ min: 0, max: 0xffff_ffff }));

const position: fc.Arbitrary<PositionInit> = fc.record({ channel: text, epoch: fixed64, sequence: uint64 });
const event = fc.record({ type: text, payload: bytes });

const envelopeExtras = fc.record({
  traceparent: text,
  tracestate: text,
  headers: fc.dictionary(text.filter((key) => key !== '__proto__'), text, { maxKeys: 3 }),
  capabilities: fc.array(text, { maxLength: 3 }),
  intent: text,
  embedding: fc.record({ model: text, values: fc.array(fc.float({ noNaN: true }), { maxLength: 5 }) }),
  parentId: fc.oneof(fc.constant(new Uint8Array(0)), id),
}, { requiredKeys: [] });

const topic = { room: name, channel: name };
const window = { ...topic, fromSequence: uint64, toSequence: uint64, fromTimeUs: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), limit: uint32, epoch: fixed64, recipient: text };
const commandBody = fc.oneof(
  fc.record({ case: fc.constant('ping' as const), value: fc.constant({}) }),
  fc.record({ case: fc.constant('join' as const), value: fc.record({ ...topic, allChannels: fc.boolean(), resume: fc.array(position, { maxLength: 4 }), group: text }) }),
  fc.record({ case: fc.constant('historyGet' as const), value: fc.record(window) }),
  fc.record({ case: fc.constant('historyReplay' as const), value: fc.record({ ...window, pace: uint32 }) }),
  fc.record({ case: fc.constant('refreshToken' as const), value: fc.record({ token: text }) }),
  fc.record({ case: fc.constant('taskAck' as const), value: fc.record({ id: bytes, nack: fc.boolean(), retryAfterMs: uint32 }) }),
  fc.record({ case: fc.constant('call' as const), value: fc.record({ name: text, args: bytes }) }),
  fc.record({ case: fc.constant('erase' as const), value: fc.record({ ...topic, sequence: uint64 }) }),
);

function envelopesOf(body: fc.Arbitrary<NonNullable<EnvelopeInit['body']>>): fc.Arbitrary<EnvelopeInit[]> {
  const envelope = fc.tuple(id, body, envelopeExtras).map(([envelopeId, value, extras]) => ({ id: envelopeId, body: value, ...extras }));
  return fc.array(envelope, { minLength: 1, maxLength: 4 });
}

const batchExtras = fc.record({
  ack: fc.boolean(),
  producer: fixed64,
  run: safeUint64,
  after: fc.array(position, { maxLength: 3 }),
}, { requiredKeys: [] });

const eventBody = event.map((value) => ({ case: 'event' as const, value }));
const replyBody = fc.tuple(id, event).map(([requestId, value]) => ({
  case: 'reply' as const, value: { requestId, body: { case: 'event' as const, value } },
}));
const commands = commandBody.map((body) => ({ case: 'command' as const, value: { body } }));

/** A run to a room or an inbox. */
export const eventBatch: fc.Arbitrary<BatchInit> = fc.tuple(
  fc.oneof(fc.record({ room: name, channel: fc.oneof(fc.constant(''), name) }), fc.record({ recipient: name, recipientSession: fixed64 })),
  envelopesOf(eventBody),
  batchExtras,
).map(([routing, envelopes, extras]) => ({ ...routing, envelopes, ...extras }));

/** Commands, without routing. */
export const commandBatch: fc.Arbitrary<BatchInit> = envelopesOf(commands).map((envelopes) => ({ envelopes }));

/** Replies of a client to the sender of an event. */
export const replyBatch: fc.Arbitrary<BatchInit> = fc.tuple(name, fixed64, envelopesOf(replyBody)).map(
  ([recipient, recipientSession, envelopes]) => ({ recipient, recipientSession, envelopes }),
);

/** What a client may send, by every rule of the reader. */
export const batches: fc.Arbitrary<BatchInit[]> = fc.array(fc.oneof({ weight: 3, arbitrary: eventBatch }, commandBatch, replyBatch), { maxLength: 4 });
